/** The kernel's blkback: names, threads and statistics of its disks. */
@NullMarked
package io.blkwarden.agent.backend.blkback;

import org.jspecify.annotations.NullMarked;
