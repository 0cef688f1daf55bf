package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.notify.settings.NotifySettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads who is paged: {@code alertmanagers: [ { url, resend, timeout, bearer_token_file } ]} and
 * {@code webhooks: [ { url, timeout, attempts, queue, bearer_token_file } ]}.
 */
public final class NotifyReader {
  private static final String URL = "a URL such as http://127.0.0.1:9093";
  private static final String FILE = "the absolute path of a file";
  private static final long MINUTE = 60_000;

  private NotifyReader() {}

  /**
   * What reading gave.
   *
   * @param settings what is right
   * @param problems all that is wrong; none when the file is good
   */
  public record Load(NotifySettings settings, List<PolicyProblem> problems) {
    public Load {
      problems = List.copyOf(problems);
    }
  }

  /** Reads a file. */
  public static Load read(PolicyFile file) {
    Problems problems = new Problems(file.name());
    List<NotifySettings.Alertmanager> alertmanagers = new ArrayList<>();
    List<NotifySettings.Webhook> webhooks = new ArrayList<>();
    YamlTree.read(file, problems)
        .flatMap(node -> Section.of(node, "", problems))
        .ifPresent(top -> {
          each(top, "alertmanagers", NotifyReader::alertmanager, alertmanagers);
          each(top, "webhooks", NotifyReader::webhook, webhooks);
          top.close();
        });
    return problems.none()
        ? new Load(new NotifySettings(alertmanagers, webhooks), List.of())
        : new Load(NotifySettings.NONE, problems.inOrder());
  }

  private static <T> void each(
      Section top, String key, Function<Section, Optional<T>> read, List<T> into) {
    List<Section.Element> elements = top.elements(key);
    if (elements.size() > NotifySettings.RECEIVERS_MAX) {
      top.problems()
          .at(
              top.node(),
              key,
              "expected at most %d, found %d"
                  .formatted(NotifySettings.RECEIVERS_MAX, elements.size()));
      return;
    }
    for (Section.Element element : elements) {
      Section.of(element.node(), element.path(), top.problems()).flatMap(read).ifPresent(into::add);
    }
  }

  private static Optional<NotifySettings.Alertmanager> alertmanager(Section section) {
    Optional<URI> url = section.required("url", URL, NotifyReader::url);
    Optional<Path> token = section.value("bearer_token_file", FILE, NotifyReader::path);
    long timeout = time(section, "timeout", "100ms to 1m", 100, MINUTE, 5_000);
    long resend = time(section, "resend", "5s to 1h", 5_000, 60 * MINUTE, MINUTE);
    section.close();
    return url.map(
        known -> new NotifySettings.Alertmanager(known, token.orElse(null), timeout, resend));
  }

  private static Optional<NotifySettings.Webhook> webhook(Section section) {
    Optional<URI> url = section.required("url", URL, NotifyReader::url);
    Optional<Path> token = section.value("bearer_token_file", FILE, NotifyReader::path);
    long timeout = time(section, "timeout", "100ms to 1m", 100, MINUTE, 5_000);
    int attempts = number(section, "attempts", 100, 10);
    int queue = number(section, "queue", 100_000, 1_000);
    section.close();
    return url.map(
        known -> new NotifySettings.Webhook(known, token.orElse(null), timeout, attempts, queue));
  }

  private static long time(
      Section section, String key, String bounds, long least, long most, long normal) {
    return section
        .value(
            key,
            "a duration of " + bounds,
            text -> Units.durationMillis(text).filter(ms -> ms >= least && ms <= most))
        .orElse(normal);
  }

  private static int number(Section section, String key, int most, int normal) {
    return section
        .value(
            key,
            "a number from 1 to " + most,
            text ->
                text.matches("\\d{1,6}")
                    ? Optional.of(Integer.parseInt(text)).filter(n -> n >= 1 && n <= most)
                    : Optional.<Integer>empty())
        .orElse(normal);
  }

  /** No password in it, for it is printed and logged: secrets come from files. */
  private static Optional<URI> url(String text) {
    try {
      URI url = URI.create(text);
      boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      return web && url.getHost() != null && url.getUserInfo() == null && url.getFragment() == null
          ? Optional.of(url)
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Path> path(String text) {
    return text.startsWith("/") && text.indexOf('\0') < 0
        ? Optional.of(Path.of(text))
        : Optional.empty();
  }
}
