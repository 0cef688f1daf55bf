/** The quickstart's observer: prints what happens on NATS, from the map to the resolved alert. */
@NullMarked
package io.blkwarden.simulation.story;

import org.jspecify.annotations.NullMarked;
