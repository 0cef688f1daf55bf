package io.blkwarden.controller.config;

import io.blkwarden.controller.bus.BusSettings;
import io.blkwarden.controller.paging.Secret;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a controller is set up.
 *
 * @param bus where NATS is
 * @param policies folder of policy files; absent for a controller that only watches
 * @param labels file of domains' labels; absent when there is none
 * @param http where to serve health, metrics and the view; absent for nowhere
 * @param httpToken what approves over HTTP; absent when nothing does
 * @param pages who is paged
 */
public record ControllerSettings(
    BusSettings bus,
    @Nullable Path policies,
    @Nullable Path labels,
    @Nullable InetSocketAddress http,
    @Nullable Secret httpToken,
    NotifyFile pages) {
  /** Settings with which nobody approves over HTTP and nobody is paged. */
  public ControllerSettings(
      BusSettings bus,
      @Nullable Path policies,
      @Nullable Path labels,
      @Nullable InetSocketAddress http) {
    this(bus, policies, labels, http, null, NotifyFile.NOBODY);
  }

  /** Settings without labels. */
  public ControllerSettings(
      BusSettings bus, @Nullable Path policies, @Nullable InetSocketAddress http) {
    this(bus, policies, null, http);
  }
}
