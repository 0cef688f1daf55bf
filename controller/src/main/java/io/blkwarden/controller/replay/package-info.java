/** Runs the engine on a recording and compares its throttles with the recorded ones; pure. */
@NullMarked
package io.blkwarden.controller.replay;

import org.jspecify.annotations.NullMarked;
