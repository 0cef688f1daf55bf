/**
 * A simulated dom0: its kernel files, xenstore and I/O priorities, over a model of disks that
 * contend. The agent that runs on it is the real one.
 */
@NullMarked
package io.blkwarden.simulation.host;

import org.jspecify.annotations.NullMarked;
