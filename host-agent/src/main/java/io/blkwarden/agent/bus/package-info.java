/** What the agent says to the world and hears from controllers, over NATS. */
@NullMarked
package io.blkwarden.agent.bus;

import org.jspecify.annotations.NullMarked;
