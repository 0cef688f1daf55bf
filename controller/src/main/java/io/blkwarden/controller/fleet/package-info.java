/** What is known of every host just now: its map, its counters and the rates made of them. */
@NullMarked
package io.blkwarden.controller.fleet;

import org.jspecify.annotations.NullMarked;
