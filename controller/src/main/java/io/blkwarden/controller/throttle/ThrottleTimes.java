package io.blkwarden.controller.throttle;

/**
 * Times and bounds of a throttle that no policy sets.
 *
 * @param effectWindowMillis how long the disk is measured before and after a command
 * @param settleMillis time after a command that counts to neither window
 * @param attempts failed commands in a row before a long rest
 * @param restMillis the long rest, also after a proposal that nobody approved
 * @param rejudgeMillis time between two evaluations of a throttle that worked
 * @param rejudgeSwapMillis the same for a swap disk
 */
public record ThrottleTimes(
    long effectWindowMillis,
    long settleMillis,
    int attempts,
    long restMillis,
    long rejudgeMillis,
    long rejudgeSwapMillis) {}
