package io.blkwarden.controller.notify.settings;

import io.blkwarden.model.message.Alert;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON that a webhook receives for an alert: a text with fields such as {@code {{summary}}}.
 *
 * <p>Each field becomes a JSON string, so a name that a guest chose cannot change the structure. In
 * {@code {{text}}} the characters {@code & < >} are escaped as Slack demands, or a guest could
 * mention channels and write links.
 */
public record WebhookTemplate(String text) {
  /** The body of Slack's incoming webhooks, which Mattermost and Rocket.Chat accept as well. */
  public static final WebhookTemplate SLACK = new WebhookTemplate("{\"text\": {{text}}}");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern FIELD = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");
  private static final Map<String, Function<Alert, String>> FIELDS =
      Map.ofEntries(
          Map.entry("id", alert -> alert.id().value()),
          Map.entry("incident", alert -> alert.incident() == null ? "" : alert.incident().value()),
          Map.entry("state", alert -> alert.state().wire()),
          Map.entry("severity", alert -> alert.severity().wire()),
          Map.entry("policy", Alert::policy),
          Map.entry("host", alert -> alert.host().value()),
          Map.entry("domain", alert -> alert.domain() == null ? "" : alert.domain().name()),
          Map.entry("disk", alert -> alert.disk() == null ? "" : alert.disk().vdev()),
          Map.entry("since", alert -> alert.since().toString()),
          Map.entry("at", alert -> alert.at().toString()),
          Map.entry("summary", Alert::summary),
          Map.entry("text", WebhookTemplate::slackText));

  /** Parses a template; empty if a field is unknown or the result is not JSON. */
  public static Optional<WebhookTemplate> parse(String text) {
    boolean known =
        FIELD.matcher(text).results().allMatch(each -> FIELDS.containsKey(each.group(1)));
    try {
      JSON.readTree(FIELD.matcher(text).replaceAll("\"\""));
    } catch (JacksonException _) {
      return Optional.empty();
    }
    return known ? Optional.of(new WebhookTemplate(text)) : Optional.empty();
  }

  /** The body for an alert, in UTF-8. */
  public byte[] body(Alert alert) {
    return FIELD
        .matcher(text)
        .replaceAll(match -> {
          Function<Alert, String> field = FIELDS.get(match.group(1));
          return field == null
              ? ""
              : Matcher.quoteReplacement(JSON.writeValueAsString(field.apply(alert)));
        })
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String slackText(Alert alert) {
    return "[%s] %s %s: %s"
        .formatted(
            alert.state().wire(),
            alert.severity().wire(),
            alert.policy(),
            alert.summary().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }
}
