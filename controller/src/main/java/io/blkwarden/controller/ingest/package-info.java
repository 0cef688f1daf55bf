/** From messages to the engine: decoding, checks, bounds, conflation, and the engine's runner. */
@NullMarked
package io.blkwarden.controller.ingest;

import org.jspecify.annotations.NullMarked;
