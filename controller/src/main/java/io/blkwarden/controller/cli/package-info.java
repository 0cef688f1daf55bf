/** The commands of {@code blkwarden}. */
@NullMarked
package io.blkwarden.controller.cli;

import org.jspecify.annotations.NullMarked;
