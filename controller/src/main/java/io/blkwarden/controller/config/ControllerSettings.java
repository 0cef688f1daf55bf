package io.blkwarden.controller.config;

import io.blkwarden.controller.http.HttpSettings;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.notify.settings.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a controller is set up.
 *
 * @param bus where NATS is
 * @param policies folder of policy files; absent for a controller that only watches
 * @param labels file of domains' labels; absent when there is none
 * @param http where to serve dashboard, health and metrics; absent for nowhere
 * @param httpToken what lets people act over HTTP; absent when nothing does
 * @param pages who is paged
 * @param metricsDisks how many of the busiest disks have metrics of their own; {@link
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
  /** How many disks have metrics of their own when nobody says. */
  public static final int METRICS_DISKS = 20;

  /** Settings with the usual metrics. */
  public ControllerSettings(
      NatsSettings bus,
      @Nullable Path policies,
      @Nullable Path labels,
      @Nullable InetSocketAddress http,
      @Nullable Secret httpToken,
      NotifyFile pages) {
    this(
        bus,
        policies,
        labels,
        http == null ? null : new HttpSettings(http),
        httpToken,
        pages,
        METRICS_DISKS);
  }

  /** Settings with which nobody approves over HTTP and nobody is paged. */
  public ControllerSettings(
      NatsSettings bus,
      @Nullable Path policies,
      @Nullable Path labels,
      @Nullable InetSocketAddress http) {
    this(bus, policies, labels, http, null, NotifyFile.NONE);
  }

  /** Settings without labels. */
  public ControllerSettings(
      NatsSettings bus, @Nullable Path policies, @Nullable InetSocketAddress http) {
    this(bus, policies, null, http);
  }
}
