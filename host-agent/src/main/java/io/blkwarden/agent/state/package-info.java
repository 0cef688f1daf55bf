/** The state directory: leases, queue settings, unsent outcomes, the lock and requests. */
@NullMarked
package io.blkwarden.agent.state;

import org.jspecify.annotations.NullMarked;
