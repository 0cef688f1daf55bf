package io.blkwarden.controller.config;

import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.notify.settings.Secret;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a controller.
 *
 * @param bus NATS
 * @param policies folder of policy files; absent for a controller that never leads
 * @param labels file of domains' labels; absent for none
 * @param http address of dashboard, health and metrics; absent for none
 * @param httpToken enables HTTP actions; absent if they are disabled
 * @param pages notification receivers
 * @param metricsDisks number of the busiest disks with metrics of their own; {@link
 *     Integer#MAX_VALUE} for all
 */
public record ControllerSettings(
    NatsSettings bus,
    @Nullable Path policies,
    @Nullable Path labels,
    @Nullable HttpSettings http,
    @Nullable Secret httpToken,
    NotifyFile pages,
    int metricsDisks) {
  /** Default of {@code metricsDisks}. */
  public static final int METRICS_DISKS = 20;
}
