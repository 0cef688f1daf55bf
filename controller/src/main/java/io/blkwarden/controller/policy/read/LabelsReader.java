package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.DomainLabels;
import io.blkwarden.controller.policy.Labels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads a labels file: {@code labels: { <name, pattern or UUID>: { plan, owner, protected, labels }
 * }}.
 */
public final class LabelsReader {
  private static final String VALUE = "a text of 1 to 255 characters";
  private static final Map<String, Boolean> FLAGS = Map.of("true", true, "false", false);

  private LabelsReader() {}

  /**
   * What reading gave.
   *
   * @param labels what holds
   * @param problems all that is wrong; none when the file is good
   */
  public record Load(Labels labels, List<PolicyProblem> problems) {
    public Load {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Reads a file. One with any problem does not hold: what held before does, and of a first one
   * what it protects, for that only forbids.
   */
  public static Load read(PolicyFile file, Labels before) {
    Problems problems = new Problems(file.name());
    Map<String, DomainLabels> entries = new LinkedHashMap<>();
    YamlTree.read(file, problems)
        .flatMap(node -> Section.of(node, "", problems))
        .ifPresent(top -> {
          top.section("labels").ifPresent(section -> entries(section, entries));
          top.close();
        });
    Labels read = new Labels(entries);
    if (problems.none()) {
      return new Load(read, List.of());
    }
    return new Load(before.size() > 0 ? before : read.onlyProtection(), problems.inOrder());
  }

  private static void entries(Section section, Map<String, DomainLabels> into) {
    for (Map.Entry<String, Node> entry : section.all().entrySet()) {
      String domain = entry.getKey();
      if (domain.isEmpty() || domain.length() > 255 || into.size() >= Labels.MAX) {
        section
            .problems()
            .at(
                entry.getValue(),
                section.path(Problems.quoted(domain)),
                "expected a name, pattern or UUID of 1 to 255 characters, at most %d of them"
                    .formatted(Labels.MAX));
      } else {
        Section.of(entry.getValue(), section.path(domain), section.problems())
            .ifPresent(labels -> into.put(domain, domain(labels)));
      }
    }
  }

  private static DomainLabels domain(Section section) {
    Map<String, String> others = new LinkedHashMap<>();
    section
        .section("labels")
        .ifPresent(each ->
            each.all()
                .forEach((key, node) ->
                    each.scalar(node, each.path(key), VALUE, LabelsReader::text)
                        .ifPresent(value -> others.put(key, value))));
    if (others.size() > DomainLabels.OTHERS_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path("labels"),
              "expected at most %d labels".formatted(DomainLabels.OTHERS_MAX));
      others.clear();
    }
    DomainLabels labels =
        new DomainLabels(
            section.value("plan", VALUE, LabelsReader::text).orElse(""),
            section.value("owner", VALUE, LabelsReader::text).orElse(""),
            section.word("protected", FLAGS).orElse(false),
            others);
    section.close();
    return labels;
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() || text.length() > 255 ? Optional.empty() : Optional.of(text);
  }
}
