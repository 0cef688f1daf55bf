/** From the engine to the fleet: commands until they are answered, replies, the effect log. */
@NullMarked
package io.blkwarden.controller.dispatch;

import org.jspecify.annotations.NullMarked;
