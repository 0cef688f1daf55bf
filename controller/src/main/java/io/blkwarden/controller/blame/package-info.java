/** Names whose load hurts a physical device, as pure functions over an aligned window. */
@NullMarked
package io.blkwarden.controller.blame;

import org.jspecify.annotations.NullMarked;
