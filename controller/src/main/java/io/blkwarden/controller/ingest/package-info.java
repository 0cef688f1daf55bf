/** From messages to the brain: decoded, ordered in lanes, bounded, and drained by one thread. */
@NullMarked
package io.blkwarden.controller.ingest;

import org.jspecify.annotations.NullMarked;
