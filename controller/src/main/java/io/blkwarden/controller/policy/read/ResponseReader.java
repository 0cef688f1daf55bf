package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.AlertLife;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.Response;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.CommandAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code then: {ladder, lease, alert, keep_firing_for, remind_every}}. */
final class ResponseReader {
  private static final long LEASE_MILLIS = 300_000;

  /** What holds for a policy without {@code then}. */
  static final Response ALERT_ONLY = new Response(List.of(), LEASE_MILLIS, Alert.Severity.WARNING);

  private static final Map<String, Alert.Severity> SEVERITIES =
      Arrays.stream(Alert.Severity.values())
          .collect(Collectors.toUnmodifiableMap(Alert.Severity::wire, Function.identity()));

  private ResponseReader() {}

  static Response read(Section section) {
    List<Restraint> ladder = new ArrayList<>();
    for (Section.Element element : section.elements("ladder")) {
      rung(section, element).ifPresent(ladder::add);
    }
    if (ladder.size() > PolicyLimits.RUNGS_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path("ladder"),
              "expected at most %d rungs, found %d"
                  .formatted(PolicyLimits.RUNGS_MAX, ladder.size()));
    }
    long lease =
        section
            .value("lease", "a duration of 10s to 1h", ResponseReader::lease)
            .orElse(LEASE_MILLIS);
    Alert.Severity severity = section.word("alert", SEVERITIES).orElse(Alert.Severity.WARNING);
    AlertLife life = life(section);
    section.close();
    return new Response(
        ladder.subList(0, Math.min(ladder.size(), PolicyLimits.RUNGS_MAX)), lease, severity, life);
  }

  private static AlertLife life(Section section) {
    long keep =
        section
            .value("keep_firing_for", "a duration of at most 1d", Units::durationMillis)
            .orElse(0L);
    long remind =
        section.value("remind_every", "a duration of 10s to 1d", ResponseReader::remind).orElse(0L);
    return new AlertLife(keep, remind);
  }

  private static Optional<Long> remind(String text) {
    return Units.durationMillis(text).filter(millis -> millis >= AlertLife.REMIND_MIN_MILLIS);
  }

  private static Optional<Restraint> rung(Section section, Section.Element element) {
    return section.scalar(
        element.node(),
        element.path(),
        "idle, best-effort/0 to best-effort/7, or limit 10/s to limit 100000/s",
        ResponseReader::restraint);
  }

  private static Optional<Restraint> restraint(String text) {
    try {
      return Optional.of(Restraint.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> lease(String text) {
    return Units.durationMillis(text)
        .filter(millis ->
            millis >= Response.LEASE_MIN_MILLIS && millis <= CommandAction.Set.MAX_LEASE_MS);
  }
}
