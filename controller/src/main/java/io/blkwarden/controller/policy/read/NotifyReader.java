package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.notify.settings.NotifySettings;
import io.blkwarden.controller.notify.settings.WebhookTemplate;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Problems;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.message.Alert;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads the receivers of notifications: {@code alertmanagers: [ { url, resend, timeout,
 * bearer_token_file } ]} and {@code webhooks: [ { url, timeout, attempts, queue, bearer_token_file,
 * severity, template } ]}.
 */
public final class NotifyReader {
  private static final Value<URI> URL =
      Value.of("a URL such as http://127.0.0.1:9093", NotifyReader::url);
  private static final Value<Path> FILE =
      Value.of("the absolute path of a file", NotifyReader::path);
  private static final Value<Long> TIMEOUT =
      Value.duration("a duration of 100ms to 1m", 100, 60_000);
  private static final Value<Long> RESEND =
      Value.duration("a duration of 5s to 1h", 5_000, 3_600_000);
  private static final Value<Integer> ATTEMPTS = Value.integer("a number from 1 to 100", 1, 100);
  private static final Value<Integer> QUEUE =
      Value.integer("a number from 1 to 100000", 1, 100_000);
  private static final Value<Alert.Severity> SEVERITY =
      Value.oneOf(Alert.Severity.values(), Alert.Severity::wire);
  private static final Value<WebhookTemplate> TEMPLATE =
      Value.of(
          "slack, or JSON with fields such as {\"text\": {{summary}}}",
          text ->
              "slack".equals(text)
                  ? Optional.of(WebhookTemplate.SLACK)
                  : WebhookTemplate.parse(text));

  private NotifyReader() {}

  /**
   * The result of reading a file.
   *
   * @param settings the receivers; none when there is a problem
   * @param problems all problems; none when the file is valid
   */
  public record Load(NotifySettings settings, List<PolicyProblem> problems) {}

  /** Reads a file. */
  public static Load read(PolicyFile file) {
    Problems problems = new Problems(file.name());
    NotifySettings settings =
        Section.top(file, problems)
            .flatMap(top -> {
              var alertmanagers = receivers(top, "alertmanagers", NotifyReader::alertmanager);
              var webhooks = receivers(top, "webhooks", NotifyReader::webhook);
              return top.make(() -> new NotifySettings(alertmanagers, webhooks));
            })
            .orElse(NotifySettings.NONE);
    return new Load(settings, problems.inOrder());
  }

  private static <T> List<T> receivers(
      Section top, String key, Function<Section, Optional<T>> read) {
    int size = top.size(key);
    if (size > NotifySettings.RECEIVERS_MAX) {
      top.problem(
          key, "expected at most %d, found %d".formatted(NotifySettings.RECEIVERS_MAX, size));
      return List.of();
    }
    return top.sections(key, read);
  }

  private static Optional<NotifySettings.Alertmanager> alertmanager(Section in) {
    Optional<URI> url = in.need("url", URL);
    Optional<Path> token = in.get("bearer_token_file", FILE);
    long timeout = in.get("timeout", TIMEOUT, 5_000L);
    long resend = in.get("resend", RESEND, 60_000L);
    return in.make(() ->
        new NotifySettings.Alertmanager(url.orElseThrow(), token.orElse(null), timeout, resend));
  }

  private static Optional<NotifySettings.Webhook> webhook(Section in) {
    Optional<URI> url = in.need("url", URL);
    Optional<Path> token = in.get("bearer_token_file", FILE);
    long timeout = in.get("timeout", TIMEOUT, 5_000L);
    int attempts = in.get("attempts", ATTEMPTS, 10);
    int queue = in.get("queue", QUEUE, 1_000);
    List<Alert.Severity> severities = in.list("severity", SEVERITY);
    Optional<WebhookTemplate> template = in.get("template", TEMPLATE);
    return in.make(() ->
        new NotifySettings.Webhook(
            url.orElseThrow(),
            token.orElse(null),
            timeout,
            attempts,
            queue,
            severities.isEmpty() ? EnumSet.allOf(Alert.Severity.class) : Set.copyOf(severities),
            template.orElse(null)));
  }

  /** A URL without a password, because it is printed and logged. */
  private static Optional<URI> url(String text) {
    try {
      URI url = URI.create(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return web && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null
          ? Optional.of(url)
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String text) {
    return text.startsWith("/") && text.indexOf('\0') < 0
        ? Optional.of(Path.of(text))
        : Optional.empty();
  }
}
