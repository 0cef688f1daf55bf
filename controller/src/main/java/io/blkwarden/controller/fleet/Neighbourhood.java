package io.blkwarden.controller.fleet;

/**
 * A disk and the other guests' disks on its device in one window.
 *
 * <p>Of several devices, the one with the busiest neighbours counts. Rates are per second; unknown
 * values are {@link Double#NaN}.
 *
 * @param ownIos I/Os per second of the disk
 * @param ownUtil share of the time in which the disk had I/O in flight
 * @param otherIos I/Os per second of the neighbours
 * @param otherBusyMillis total time of the neighbours' I/Os, in ms per second
 * @param otherInFlight I/Os of the neighbours in flight when the sample was taken
 * @param deviceIos I/Os per second of the physical device
 */
public record Neighbourhood(
    double ownIos,
    double ownUtil,
    double otherIos,
    double otherBusyMillis,
    double otherInFlight,
    double deviceIos) {}
