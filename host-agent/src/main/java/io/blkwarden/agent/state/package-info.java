/**
 * What the agent keeps in its state directory: leases, the lock, and the request to release
 * everything.
 */
@NullMarked
package io.blkwarden.agent.state;

import org.jspecify.annotations.NullMarked;
