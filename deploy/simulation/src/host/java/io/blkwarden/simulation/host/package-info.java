/**
 * A simulated dom0 for a real agent: kernel files, xenstore, I/O priorities and cgroups, over a
 * model of disks that contend for one device.
 */
@NullMarked
package io.blkwarden.simulation.host;

import org.jspecify.annotations.NullMarked;
