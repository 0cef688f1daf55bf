/** From messages to the engine: read, checked, bounded, conflated, and taken one at a time. */
@NullMarked
package io.blkwarden.controller.ingest;

import org.jspecify.annotations.NullMarked;
