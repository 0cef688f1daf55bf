/** The agent that runs in dom0: maps disks to their workers, samples them, applies leases. */
@NullMarked
package io.blkwarden.agent;

import org.jspecify.annotations.NullMarked;
