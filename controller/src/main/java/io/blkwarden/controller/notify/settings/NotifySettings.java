package io.blkwarden.controller.notify.settings;

import io.blkwarden.model.Require;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is paged.
 *
 * @param alertmanagers at most {@link #RECEIVERS_MAX}
 * @param webhooks at most {@link #RECEIVERS_MAX}
 */
public record NotifySettings(List<Alertmanager> alertmanagers, List<Webhook> webhooks) {
  /** Most receivers of a kind. */
  public static final int RECEIVERS_MAX = 16;

  /** Nobody. */
  public static final NotifySettings NONE = new NotifySettings(List.of(), List.of());

  public NotifySettings {
    alertmanagers = Require.list(alertmanagers, RECEIVERS_MAX, "alertmanagers");
    webhooks = Require.list(webhooks, RECEIVERS_MAX, "webhooks");
  }

  /**
   * An Alertmanager.
   *
   * @param url its base, to which {@code /api/v2/alerts} is added
   * @param tokenFile file of a bearer token; absent for none
   * @param timeoutMillis how long it may take to answer
   * @param resendMillis how often an open alert is sent again; it ends there by itself after three
   *     times as long without a word
   */
  public record Alertmanager(
      URI url, @Nullable Path tokenFile, long timeoutMillis, long resendMillis) {}

  /**
   * What takes alerts as they are, in JSON.
   *
   * @param url where they are posted
   * @param tokenFile file of a bearer token; absent for none
   * @param timeoutMillis how long it may take to answer
   * @param attempts how often one is tried before it is given up
   * @param queue how many may wait; further ones are dropped and counted
   */
  public record Webhook(
      URI url, @Nullable Path tokenFile, long timeoutMillis, int attempts, int queue) {}
}
