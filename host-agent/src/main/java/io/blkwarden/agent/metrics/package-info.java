/** Prometheus metrics of the agent; off by default. */
@NullMarked
package io.blkwarden.agent.metrics;

import org.jspecify.annotations.NullMarked;
