/** The recording format: entries to bytes and back, seeking, and what survives damage; no files. */
@NullMarked
package io.blkwarden.controller.record;

import org.jspecify.annotations.NullMarked;
