/** Watches the story of a storm on NATS, apart from the programs that play it. */
@NullMarked
package io.blkwarden.simulation.story;

import org.jspecify.annotations.NullMarked;
