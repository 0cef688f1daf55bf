/** Runs the step over a recording, and compares what it does with what was done; pure. */
@NullMarked
package io.blkwarden.controller.replay;

import org.jspecify.annotations.NullMarked;
