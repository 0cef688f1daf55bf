package io.blkwarden.controller.attribution.model;

/**
 * What a guest's disk asks for: requests that arrive at random, each waiting for none, and a number
 * that are always kept in flight.
 *
 * @param arrivals a second, Poisson
 * @param depth requests kept in flight
 * @param bytes of each request
 * @param sequential each request begins where the last one ended
 */
record Load(double arrivals, int depth, int bytes, boolean sequential) {
  static Load random(double arrivals) {
    return new Load(arrivals, 0, 4_096, false);
  }
}
