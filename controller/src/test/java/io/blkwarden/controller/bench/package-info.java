/** Benchmarks of the controller, run by {@code deploy/bench}. */
@NullMarked
package io.blkwarden.controller.bench;

import org.jspecify.annotations.NullMarked;
