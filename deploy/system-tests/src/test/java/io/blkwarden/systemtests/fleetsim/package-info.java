/** Runs of the simulated fleet, and what its oracle catches. */
@NullMarked
package io.blkwarden.systemtests.fleetsim;

import org.jspecify.annotations.NullMarked;
