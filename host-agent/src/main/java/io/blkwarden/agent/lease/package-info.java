/** What the agent keeps in its state directory: leases, the lock, and the request to let go. */
@NullMarked
package io.blkwarden.agent.lease;

import org.jspecify.annotations.NullMarked;
