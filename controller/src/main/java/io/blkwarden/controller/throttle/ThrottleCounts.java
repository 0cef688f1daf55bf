package io.blkwarden.controller.throttle;

/**
 * What is throttled and anomalous now, as the safety limits count it.
 *
 * <p>The disk in question is in none of the counts.
 *
 * @param disksOfHost disks throttled on its host
 * @param disksOfDomain disks throttled of its domain
 * @param hostsThrottled hosts with a throttled disk, without throttles that change nothing
 * @param hostThrottled whether its host is one of them
 * @param hostsKnown hosts that report
 * @param hostsAnomalous hosts of these with a breach of a policy that may act
 */
public record ThrottleCounts(
    int disksOfHost,
    int disksOfDomain,
    int hostsThrottled,
    boolean hostThrottled,
    int hostsKnown,
    int hostsAnomalous) {}
