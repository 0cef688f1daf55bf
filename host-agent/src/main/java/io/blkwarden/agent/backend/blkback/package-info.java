/** The kernel's blkback: names, threads, parameters and statistics of its disks. */
@NullMarked
package io.blkwarden.agent.backend.blkback;

import org.jspecify.annotations.NullMarked;
