/**
 * The load generator of {@code deploy/bench-controller}: the messages of a fleet without agents.
 */
@NullMarked
package io.blkwarden.simulation.load;

import org.jspecify.annotations.NullMarked;
