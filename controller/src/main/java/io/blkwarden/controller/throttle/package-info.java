/** Judgements as pure functions: timers, brakes, ladder, effect, and decisions on record. */
@NullMarked
package io.blkwarden.controller.throttle;

import org.jspecify.annotations.NullMarked;
