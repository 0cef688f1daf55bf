/** Judgements as pure functions: timers, brakes, ladder, effect, and decisions on record. */
@NullMarked
package io.blkwarden.controller.plan;

import org.jspecify.annotations.NullMarked;
