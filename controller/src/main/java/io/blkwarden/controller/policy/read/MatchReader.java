package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.fleet.DeviceClass;
import io.blkwarden.controller.policy.DomainLabels;
import io.blkwarden.controller.policy.Glob;
import io.blkwarden.controller.policy.Match;
import io.blkwarden.model.VolumeRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads {@code match: {role, domain, host, volume, plan, owner, label, device}}, and the same in a
 * protect list.
 */
final class MatchReader {
  private static final String PATTERN = "a pattern of 1 to 255 characters such as vm*";
  private static final Map<String, VolumeRole> ROLES =
      Arrays.stream(VolumeRole.values())
          .collect(Collectors.toUnmodifiableMap(VolumeRole::wire, Function.identity()));

  private static final Map<String, DeviceClass> DEVICES =
      Map.of(
          DeviceClass.HDD.wire(), DeviceClass.HDD,
          DeviceClass.SSD.wire(), DeviceClass.SSD);

  private MatchReader() {}

  static Match read(Section section) {
    Match match =
        new Match(
            words(section, "role", ROLES),
            glob(section, "domain"),
            glob(section, "host"),
            glob(section, "volume"),
            glob(section, "plan"),
            glob(section, "owner"),
            labels(section),
            words(section, "device", DEVICES));
    section.close();
    return match;
  }

  private static <T> List<T> words(Section section, String key, Map<String, T> words) {
    List<T> found = new ArrayList<>();
    for (Section.Element element : section.elements(key)) {
      section.word(element.node(), element.path(), words).ifPresent(found::add);
    }
    return found.stream().distinct().toList();
  }

  private static Map<String, Glob> labels(Section section) {
    Map<String, Glob> labels = new TreeMap<>();
    section
        .section("label")
        .ifPresent(each ->
            each.all()
                .forEach((key, node) ->
                    each.scalar(node, each.path(key), PATTERN, MatchReader::glob)
                        .ifPresent(glob -> labels.put(key, glob))));
    if (labels.size() > DomainLabels.OTHERS_MAX) {
      section
          .problems()
          .at(
              section.node(),
              section.path("label"),
              "expected at most %d labels".formatted(DomainLabels.OTHERS_MAX));
      return Map.of();
    }
    return labels;
  }

  private static Glob glob(Section section, String key) {
    return section.value(key, PATTERN, MatchReader::glob).orElse(Glob.ANY);
  }

  private static Optional<Glob> glob(String text) {
    return text.isEmpty() || text.length() > 255 ? Optional.empty() : Optional.of(new Glob(text));
  }
}
