package io.blkwarden.simulation.fleet;

/**
 * An invariant that did not hold.
 *
 * @param invariant its number, 1 to 9
 * @param atMillis when, in virtual time
 * @param what was seen
 */
record Broken(int invariant, long atMillis, String what) {}
