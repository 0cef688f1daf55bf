/** Hears from the kernel that devices appear, change and vanish. */
@NullMarked
package io.blkwarden.agent.uevent;

import org.jspecify.annotations.NullMarked;
