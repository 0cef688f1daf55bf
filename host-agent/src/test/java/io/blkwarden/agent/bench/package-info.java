/** Benchmarks of the agent, run by {@code deploy/bench}. */
@NullMarked
package io.blkwarden.agent.bench;

import org.jspecify.annotations.NullMarked;
