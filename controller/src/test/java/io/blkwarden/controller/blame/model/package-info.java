/** A model of guests that contend for one disk: not a measurement; the same for the same seed. */
@NullMarked
package io.blkwarden.controller.blame.model;

import org.jspecify.annotations.NullMarked;
