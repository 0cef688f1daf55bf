/** What people look at over time: the last looks, minutes of numbers, and what was decided. */
@NullMarked
package io.blkwarden.controller.history;

import org.jspecify.annotations.NullMarked;
