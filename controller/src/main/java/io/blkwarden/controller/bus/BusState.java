package io.blkwarden.controller.bus;

/**
 * How the bus is, for readiness and metrics.
 *
 * @param connected whether all connections are up
 * @param prepared whether streams and buckets are there and everything is subscribed
 * @param leadership who may command
 * @param problem what hinders and what to do about it; empty when nothing does
 */
public record BusState(
    boolean connected, boolean prepared, Leadership leadership, String problem) {}
