/** Settings of the physical devices' queues: what is set, and what is put back. */
@NullMarked
package io.blkwarden.agent.queue;

import org.jspecify.annotations.NullMarked;
