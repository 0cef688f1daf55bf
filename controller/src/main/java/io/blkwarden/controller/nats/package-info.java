/** The NATS adapter: Reactor flows and blocking calls over jnats. */
@NullMarked
package io.blkwarden.controller.nats;

import org.jspecify.annotations.NullMarked;
