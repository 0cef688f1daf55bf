/** Leases of throttles: decisions on commands, changes through ports, restore and recovery. */
@NullMarked
package io.blkwarden.agent.lease;

import org.jspecify.annotations.NullMarked;
