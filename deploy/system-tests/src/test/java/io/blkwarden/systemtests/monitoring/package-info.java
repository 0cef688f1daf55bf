/** Monitoring of a running controller and agent: Prometheus, Grafana, clients. */
@NullMarked
package io.blkwarden.systemtests.monitoring;

import org.jspecify.annotations.NullMarked;
