/** Recordings in directories: writing with rotation and a size limit, and reading. */
@NullMarked
package io.blkwarden.controller.recording.files;

import org.jspecify.annotations.NullMarked;
