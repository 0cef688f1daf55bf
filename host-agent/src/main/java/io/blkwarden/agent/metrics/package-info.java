/** What Prometheus may read of an agent; off unless asked for. */
@NullMarked
package io.blkwarden.agent.metrics;

import org.jspecify.annotations.NullMarked;
