/** Silences, acknowledgements and the pause that operators set. */
@NullMarked
package io.blkwarden.controller.silence;

import org.jspecify.annotations.NullMarked;
