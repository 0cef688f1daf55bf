/** What others see of a running controller and a running agent: Prometheus, Grafana, clients. */
@NullMarked
package io.blkwarden.systemtests.monitoring;

import org.jspecify.annotations.NullMarked;
