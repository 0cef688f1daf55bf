package io.blkwarden.controller.notify;

import io.blkwarden.controller.notify.NotifiedAlerts.Notification;
import io.blkwarden.model.message.Alert;
import java.time.Instant;
import java.util.Collection;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Alerts as Alertmanager's API version 2 takes them ({@code POST /api/v2/alerts}).
 *
 * <p>Labels are what stays the same over an alert's life, for they are its identity there; what
 * changes stands in annotations.
 */
public final class AlertmanagerJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private AlertmanagerJson() {}

  /**
   * The body of a request.
   *
   * @param now the controller's wall clock
   * @param holdsForMillis how long an open alert lasts there without another word
   */
  public static byte[] body(Collection<Notification> pages, Instant now, long holdsForMillis) {
    ArrayNode array = JSON.createArrayNode();
    for (Notification page : pages) {
      add(array.addObject(), page, now, holdsForMillis);
    }
    return JSON.writeValueAsBytes(array);
  }

  private static void add(ObjectNode into, Notification page, Instant now, long holdsForMillis) {
    Alert alert = page.alert();
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
    if (alert.incident() != null) {
      labels.put("incident", alert.incident().value());
    }
    ObjectNode annotations = into.putObject("annotations");
    annotations.put("summary", alert.summary());
    annotations.put("alert", alert.id().value());
    annotations.put("state", alert.state().wire());
    into.put("startsAt", alert.since().toString());
    Instant ends = page.over() ? alert.at() : now.plusMillis(holdsForMillis);
    // Alertmanager refuses an end before the beginning
    into.put("endsAt", (ends.isBefore(alert.since()) ? alert.since() : ends).toString());
  }
}
