/**
 * A simulated fleet in virtual time, on one thread and from one seed: the real cores of agents and
 * controllers over simulated kernels, with an oracle that holds them to their invariants.
 */
@NullMarked
package io.blkwarden.simulation.fleet;

import org.jspecify.annotations.NullMarked;
