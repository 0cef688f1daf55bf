/** The read-only view of the engine's state. */
@NullMarked
package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.NullMarked;
