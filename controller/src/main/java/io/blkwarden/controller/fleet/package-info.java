/** The state of every host: its map, its counters and the rates computed from them. */
@NullMarked
package io.blkwarden.controller.fleet;

import org.jspecify.annotations.NullMarked;
