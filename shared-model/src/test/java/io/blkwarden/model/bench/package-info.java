/** Benchmarks of the wire codec, run by {@code deploy/bench}. */
@NullMarked
package io.blkwarden.model.bench;

import org.jspecify.annotations.NullMarked;
