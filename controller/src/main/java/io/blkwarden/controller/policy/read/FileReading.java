package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Match;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicyLimits;
import io.blkwarden.controller.policy.SafetyLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads one policy file; which kind a policy is shows in its keys. */
final class FileReading {
  private static final Map<String, Mode> MODES =
      Arrays.stream(Mode.values())
          .collect(Collectors.toUnmodifiableMap(Mode::wire, Function.identity()));

  private FileReading() {}

  /** What the file says as far as it is right; see the problems for the rest. */
  static ParsedFile read(PolicyFile file, Problems problems) {
    Optional<Section> root =
        YamlTree.read(file, problems).flatMap(node -> Section.of(node, "", problems));
    if (root.isEmpty()) {
      return new ParsedFile(List.of(), Optional.empty(), List.of());
    }
    Section top = root.get();
    List<ParsedFile.Placed<Policy>> policies = new ArrayList<>();
    for (Section.Element element : top.elements("policies")) {
      Section.of(element.node(), element.path(), problems)
          .flatMap(FileReading::policy)
          .ifPresent(policy -> policies.add(placed(policy, element.node())));
    }
    Optional<ParsedFile.Placed<SafetyLimits>> brakes =
        top.section("brakes").map(section -> placed(BrakesReader.read(section), section.node()));
    List<Match> protect = new ArrayList<>();
    for (Section.Element element : top.elements("protect")) {
      int before = problems.count();
      Section.of(element.node(), element.path(), problems)
          .map(MatchReader::read)
          .filter(_ -> problems.count() == before)
          .ifPresent(protect::add);
    }
    if (protect.size() > PolicyLimits.PROTECT_MAX) {
      problems.at(
          top.node(),
          "protect",
          "expected at most %d rules, found %d"
              .formatted(PolicyLimits.PROTECT_MAX, protect.size()));
    }
    top.close();
    return new ParsedFile(policies, brakes, protect);
  }

  private static <T> ParsedFile.Placed<T> placed(T value, Node node) {
    return new ParsedFile.Placed<>(value, Problems.line(node), Problems.column(node));
  }

  private static Optional<Policy> policy(Section section) {
    Optional<String> name =
        section.required(
            "name",
            "a name of 1 to 100 characters",
            text -> text.isEmpty() || text.length() > 100 ? Optional.empty() : Optional.of(text));
    Optional<Mode> mode = mode(section);
    section.take("fleet");
    if (section.has("fleet")) {
      Optional<Policy> fleet = FleetReader.read(section, name.orElse("?"));
      section.close();
      return name.isPresent() ? fleet : Optional.empty();
    }
    section.take("swap");
    section.take("budget");
    List<String> kinds = Stream.of("when", "swap", "budget").filter(section::has).toList();
    if (kinds.size() > 1) {
      section
          .problems()
          .at(
              section.node(),
              section.path(kinds.get(1)),
              "expected one of 'when', 'swap' and 'budget', found " + String.join(" and ", kinds));
      return Optional.empty();
    }
    Mode may = mode.orElse(Mode.SHADOW);
    String called = name.orElse("?");
    Optional<Policy> policy =
        switch (kinds.isEmpty() ? "when" : kinds.getFirst()) {
          case "swap" -> SwapReader.read(section, called, may);
          case "budget" -> BudgetReader.read(section, called, may);
          default -> ThresholdReader.read(section, called, may);
        };
    section.close();
    return name.isPresent() ? policy : Optional.empty();
  }

  private static Optional<Mode> mode(Section section) {
    return section.word("mode", MODES);
  }
}
