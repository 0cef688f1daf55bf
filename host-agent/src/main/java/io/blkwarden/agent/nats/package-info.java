/** The NATS adapter: the client's callbacks and futures as Reactor types, and its settings. */
@NullMarked
package io.blkwarden.agent.nats;

import org.jspecify.annotations.NullMarked;
