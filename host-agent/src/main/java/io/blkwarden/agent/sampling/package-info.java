/** Counters of disks and devices, read each interval and counted since a base. */
@NullMarked
package io.blkwarden.agent.sampling;

import org.jspecify.annotations.NullMarked;
