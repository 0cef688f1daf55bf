package io.blkwarden.controller.attribution.model;

/**
 * The load of a guest's disk: requests that arrive at random, and a number of requests always in
 * flight.
 *
 * @param arrivals per second, Poisson
 * @param depth requests kept in flight
 * @param bytes of each request
 * @param sequential each request starts at the end of the previous one
 */
record Load(double arrivals, int depth, int bytes, boolean sequential) {
  static Load random(double arrivals) {
    return new Load(arrivals, 0, 4_096, false);
  }
}
