/** Counters of disks and devices, read at each interval relative to a base. */
@NullMarked
package io.blkwarden.agent.sampling;

import org.jspecify.annotations.NullMarked;
