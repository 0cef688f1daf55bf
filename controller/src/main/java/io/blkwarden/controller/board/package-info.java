/** What people look at over time: the last looks, minutes of numbers, and what was decided. */
@NullMarked
package io.blkwarden.controller.board;

import org.jspecify.annotations.NullMarked;
