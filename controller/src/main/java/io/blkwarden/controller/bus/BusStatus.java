package io.blkwarden.controller.bus;

import io.blkwarden.controller.leader.Leadership;

/**
 * The state of the bus, for readiness and metrics.
 *
 * @param connected whether all connections are up
 * @param ready whether streams and buckets exist and everything is subscribed
 * @param leadership who leads
 * @param problem what is wrong and what to do about it; empty if nothing is
 */
public record BusStatus(boolean connected, boolean ready, Leadership leadership, String problem) {}
