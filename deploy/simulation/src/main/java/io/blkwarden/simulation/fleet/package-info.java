/**
 * Simulated fleets in virtual time, on one thread and from one seed: the real cores of agents and
 * controllers on simulated kernels, with an oracle that checks the invariants.
 */
@NullMarked
package io.blkwarden.simulation.fleet;

import org.jspecify.annotations.NullMarked;
