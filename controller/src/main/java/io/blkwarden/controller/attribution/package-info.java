/** Finds the disks that cause the latency of others on a physical device. */
@NullMarked
package io.blkwarden.controller.attribution;

import org.jspecify.annotations.NullMarked;
