package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.model.VolumeRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code match: {role, domain, host, volume}}, and the same in a protect list. */
final class MatchReader {
  private static final Map<String, VolumeRole> ROLES =
      Arrays.stream(VolumeRole.values())
          .collect(Collectors.toUnmodifiableMap(VolumeRole::wire, Function.identity()));

  private MatchReader() {}

  static Match read(Section section) {
    section.notYet("plan", "matching by plan");
    List<VolumeRole> roles = new ArrayList<>();
    for (Section.Element element : section.elements("role")) {
      section.word(element.node(), element.path(), ROLES).ifPresent(roles::add);
    }
    Match match =
        new Match(
            roles.stream().distinct().toList(),
            glob(section, "domain"),
            glob(section, "host"),
            glob(section, "volume"));
    section.close();
    return match;
  }

  private static Glob glob(Section section, String key) {
    return section
        .value(key, "a pattern of 1 to 255 characters such as vm*", MatchReader::glob)
        .orElse(Glob.ANY);
  }

  private static Optional<Glob> glob(String text) {
    return text.isEmpty() || text.length() > 255 ? Optional.empty() : Optional.of(new Glob(text));
  }
}
