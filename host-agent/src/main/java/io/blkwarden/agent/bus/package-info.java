/** The messages to and from the controllers, independent of the NATS client. */
@NullMarked
package io.blkwarden.agent.bus;

import org.jspecify.annotations.NullMarked;
