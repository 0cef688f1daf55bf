/** The commands that people run; each error says what to do next. */
@NullMarked
package io.blkwarden.controller.cli;

import org.jspecify.annotations.NullMarked;
