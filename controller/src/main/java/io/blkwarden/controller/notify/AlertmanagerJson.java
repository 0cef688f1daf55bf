package io.blkwarden.controller.notify;

import io.blkwarden.controller.alert.NotifiedAlerts.Notification;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.Collection;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The request body of Alertmanager's API v2 ({@code POST /api/v2/alerts}).
 *
 * <p>Labels identify an alert in Alertmanager, so they are what never changes; the rest is in
 * annotations.
 */
public final class AlertmanagerJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AlertmanagerJson() {}

  /**
   * Encodes alerts.
   *
   * @param now the controller's wall clock
   * @param validMillis when an open alert expires in Alertmanager unless it is sent again
   */
  public static byte[] body(Collection<Notification> notifications, Instant now, long validMillis) {
    ArrayNode array = JSON.createArrayNode();
    for (Notification notification : notifications) {
      add(array.addObject(), notification, now, validMillis);
    }
    return JSON.writeValueAsBytes(array);
  }

  private static void add(
      ObjectNode into, Notification notification, Instant now, long validMillis) {
    Alert alert = notification.alert();
    ObjectNode labels = into.putObject("labels");
    labels.put("alertname", alert.policy());
    labels.put("severity", alert.severity().wire());
    labels.put("host", alert.host().value());
    if (alert.domain() != null) {
      labels.put("domain", alert.domain().name());
      labels.put("domain_uuid", alert.domain().uuid().toString());
    }
    if (alert.disk() != null) {
      labels.put("disk", alert.disk().vdev());
      labels.put("role", alert.disk().role().wire());
    }
    if (alert.device() != null) {
      labels.put("device", alert.device());
    }
    if (alert.incident() != null) {
      labels.put("incident", alert.incident().value());
    }
    ObjectNode annotations = into.putObject("annotations");
    annotations.put("summary", alert.summary());
    annotations.put("alert", alert.id().value());
    annotations.put("state", alert.state().wire());
    into.put("startsAt", alert.since().toString());
    Instant ends = notification.ended() ? alert.at() : now.plusMillis(validMillis);
    // Alertmanager refuses an end before the start
    into.put("endsAt", (ends.isBefore(alert.since()) ? alert.since() : ends).toString());
  }
}
