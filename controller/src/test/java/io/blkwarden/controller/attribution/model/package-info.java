/** A model of guests that contend for one disk: not a measurement; the same for the same seed. */
@NullMarked
package io.blkwarden.controller.attribution.model;

import org.jspecify.annotations.NullMarked;
