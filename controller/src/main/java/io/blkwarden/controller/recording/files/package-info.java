/** Recordings in a folder: written with rotation and a bound on the total, opened for reading. */
@NullMarked
package io.blkwarden.controller.recording.files;

import org.jspecify.annotations.NullMarked;
