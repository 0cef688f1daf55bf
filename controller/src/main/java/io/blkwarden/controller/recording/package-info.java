/** The recording format: entries to bytes and back, seeking, and what survives damage; no files. */
@NullMarked
package io.blkwarden.controller.recording;

import org.jspecify.annotations.NullMarked;
