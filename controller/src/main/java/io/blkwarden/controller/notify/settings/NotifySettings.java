package io.blkwarden.controller.notify.settings;

import io.blkwarden.model.Require;
import io.blkwarden.model.message.Alert;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The notification receivers.
 *
 * @param alertmanagers at most {@link #RECEIVERS_MAX}
 * @param webhooks at most {@link #RECEIVERS_MAX}
 */
public record NotifySettings(List<Alertmanager> alertmanagers, List<Webhook> webhooks) {
  /** Most receivers of each kind. */
  public static final int RECEIVERS_MAX = 16;

  /** No receivers. */
  public static final NotifySettings NONE = new NotifySettings(List.of(), List.of());

  public NotifySettings {
    alertmanagers = Require.list(alertmanagers, RECEIVERS_MAX, "alertmanagers");
    webhooks = Require.list(webhooks, RECEIVERS_MAX, "webhooks");
  }

  /**
   * An Alertmanager.
   *
   * @param url base URL, without {@code /api/v2/alerts}
   * @param tokenFile file with a bearer token; absent for none
   * @param timeoutMillis of a request
   * @param resendMillis how often open alerts are sent again; they expire in Alertmanager after
   *     three times as long
   */
  public record Alertmanager(
      URI url, @Nullable Path tokenFile, long timeoutMillis, long resendMillis) {}

  /**
   * A webhook, which receives alerts as JSON.
   *
   * @param tokenFile file with a bearer token; absent for none
   * @param timeoutMillis of a request
   * @param attempts for each alert
   * @param queue most waiting alerts; further ones are dropped and counted
   * @param severities of the alerts that it receives
   * @param template the body; absent for the alert message itself
   */
  public record Webhook(
      URI url,
      @Nullable Path tokenFile,
      long timeoutMillis,
      int attempts,
      int queue,
      Set<Alert.Severity> severities,
      @Nullable WebhookTemplate template) {
    public Webhook {
      severities = Set.copyOf(severities);
    }
  }
}
