package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.DomainLabels;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Problems;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a labels file: {@code labels: { <name, pattern or UUID>: { plan, owner, protected, labels }
 * }}.
 */
public final class LabelsReader {
  private static final Value<String> TEXT = Value.text("a text of 1 to 255 characters", 255);
  private static final Value<Boolean> FLAG = Value.oneOf(Map.of("true", true, "false", false));

  private LabelsReader() {}

  /**
   * The result of reading a file.
   *
   * @param labels the labels that apply
   * @param problems all problems; none when the file is valid
   */
  public record Load(Labels labels, List<PolicyProblem> problems) {}

  /**
   * Reads a file. If it has a problem, the last valid labels apply; if there are none, what the
   * file protects, because that only forbids.
   */
  public static Load read(PolicyFile file, Labels before) {
    Problems problems = new Problems(file.name());
    Labels read =
        Section.top(file, problems)
            .map(top -> top.closed(new Labels(domains(top))))
            .orElse(Labels.NONE);
    if (problems.none()) {
      return new Load(read, List.of());
    }
    return new Load(before.size() > 0 ? before : read.onlyProtection(), problems.inOrder());
  }

  private static Map<String, DomainLabels> domains(Section top) {
    Map<String, DomainLabels> valid = new LinkedHashMap<>();
    top.mapOfSections("labels", LabelsReader::labels)
        .forEach((domain, labels) -> {
          if (domain.isEmpty() || domain.length() > 255 || valid.size() >= Labels.MAX) {
            top.problem(
                "labels",
                "expected names, patterns or UUIDs of 1 to 255 characters, at most %d; found %s"
                    .formatted(Labels.MAX, Problems.quoted(domain)));
          } else {
            valid.put(domain, labels);
          }
        });
    return valid;
  }

  private static Optional<DomainLabels> labels(Section in) {
    Map<String, String> others = in.map("labels", TEXT);
    if (others.size() > DomainLabels.OTHERS_MAX) {
      in.problem("labels", "expected at most %d labels".formatted(DomainLabels.OTHERS_MAX));
      others = Map.of();
    }
    return Optional.of(
        in.closed(
            new DomainLabels(
                in.get("plan", TEXT, ""),
                in.get("owner", TEXT, ""),
                in.get("protected", FLAG, false),
                others)));
  }
}
