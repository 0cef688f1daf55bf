/**
 * A fleet that is nothing but its messages, to load a controller with; see {@code
 * bench-controller}.
 */
@NullMarked
package io.blkwarden.simulation.load;

import org.jspecify.annotations.NullMarked;
