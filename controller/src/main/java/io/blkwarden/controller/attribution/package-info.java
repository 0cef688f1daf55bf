/** Names whose load hurts a physical device, as pure functions over an aligned window. */
@NullMarked
package io.blkwarden.controller.attribution;

import org.jspecify.annotations.NullMarked;
