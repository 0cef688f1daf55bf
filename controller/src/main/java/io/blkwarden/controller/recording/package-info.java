/** The recording format: encoding, decoding, seeking and recovery; without file access. */
@NullMarked
package io.blkwarden.controller.recording;

import org.jspecify.annotations.NullMarked;
