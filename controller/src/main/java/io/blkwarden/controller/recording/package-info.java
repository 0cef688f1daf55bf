/** The recording format: writing and reading entries, without file access. */
@NullMarked
package io.blkwarden.controller.recording;

import org.jspecify.annotations.NullMarked;
