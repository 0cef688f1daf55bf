package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.trial.Series;
import io.blkwarden.controller.policy.trial.TrialFile;
import io.blkwarden.model.VolumeRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a file of tests of policies. */
public final class TrialReader {
  private static final int TESTS_MAX = 1_000;
  private static final int DISKS_MAX = 4_096;
  private static final long INTERVAL_MILLIS = 1_000;
  private static final String TEXT = "1 to 255 characters";
  private static final String SERIES = "values such as 0x10 300x20 5, and _ for unknown";
  private static final List<String> METRICS =
      List.of(
          "read_iops",
          "write_iops",
          "read_bytes_per_s",
          "write_bytes_per_s",
          "await_ms",
          "util",
          "in_flight");
  private static final List<String> PRESSURE = List.of("io_some", "io_full");
  private static final List<String> PLACE = List.of("host", "domain", "disk");
  private static final Map<String, Boolean> TURNS = Map.of("hdd", true, "ssd", false);
  private static final Map<String, VolumeRole> ROLES =
      Stream.of(VolumeRole.values())
          .collect(Collectors.toMap(VolumeRole::wire, Function.identity()));

  private TrialReader() {}

  /**
   * What was read.
   *
   * @param file absent when there are problems
   * @param problems all that is wrong
   */
  public record Load(@Nullable TrialFile file, List<PolicyProblem> problems) {}

  /** Reads a file. */
  public static Load read(PolicyFile file) {
    Problems problems = new Problems(file.name());
    Optional<Node> tree = YamlTree.read(file, problems);
    if (tree.isEmpty() && problems.none()) {
      problems.at(1, 1, "", "expected policies and tests, found nothing");
    }
    TrialFile read =
        tree.flatMap(node -> Section.of(node, "", problems)).map(TrialReader::top).orElse(null);
    return new Load(problems.none() ? read : null, problems.inOrder());
  }

  private static TrialFile top(Section top) {
    List<String> policies = new ArrayList<>();
    for (Section.Element each : top.elements("policies")) {
      top.scalar(each.node(), each.path(), TEXT, TrialReader::text).ifPresent(policies::add);
    }
    if (policies.isEmpty()) {
      top.missing("policies", "files or folders of policies");
    }
    List<TrialFile.Trial> tests = new ArrayList<>();
    for (Section.Element each : top.elements("tests").stream().limit(TESTS_MAX).toList()) {
      Section.of(each.node(), each.path(), top.problems())
          .map(TrialReader::test)
          .ifPresent(tests::add);
    }
    if (tests.isEmpty()) {
      top.missing("tests", "at least one test");
    }
    String labels = top.value("labels", TEXT, TrialReader::text).orElse(null);
    top.close();
    return new TrialFile(policies, labels, tests);
  }

  private static TrialFile.Trial test(Section test) {
    String name = test.required("name", TEXT, TrialReader::text).orElse("");
    long interval =
        test.value("interval", Units.DURATION, DiskRuleReader::duration).orElse(INTERVAL_MILLIS);
    List<TrialFile.Disk> disks = new ArrayList<>();
    for (Section.Element each : test.elements("disks").stream().limit(DISKS_MAX).toList()) {
      Section.of(each.node(), each.path(), test.problems())
          .map(TrialReader::disk)
          .ifPresent(disks::add);
    }
    if (disks.isEmpty()) {
      test.missing("disks", "at least one disk");
    }
    Map<String, TrialFile.Host> told = new LinkedHashMap<>();
    test.section("hosts")
        .ifPresent(hosts ->
            hosts
                .all()
                .forEach((host, node) ->
                    Section.of(node, hosts.path(host), hosts.problems())
                        .ifPresent(each -> told.put(host, host(each)))));
    List<TrialFile.Expected> expected = new ArrayList<>();
    for (Section.Element each : test.elements("expect")) {
      Section.of(each.node(), each.path(), test.problems())
          .map(TrialReader::expected)
          .ifPresent(expected::add);
    }
    if (expected.isEmpty()) {
      test.missing("expect", "at least one time with what is expected then");
    }
    for (int i = 1; i < expected.size(); i++) {
      if (expected.get(i).atMillis() <= expected.get(i - 1).atMillis()) {
        test.problems()
            .at(expected.get(i).line(), 1, test.path("expect"), "expected times in their order");
      }
    }
    test.close();
    return new TrialFile.Trial(name, Math.max(1, interval), disks, told, expected);
  }

  private static TrialFile.Host host(Section host) {
    Map<String, Series> pressure = series(host, PRESSURE);
    TrialFile.Host read = new TrialFile.Host(pressure, host.word("device", TURNS).orElse(null));
    host.close();
    return read;
  }

  private static TrialFile.Disk disk(Section disk) {
    TrialFile.Disk read =
        new TrialFile.Disk(
            disk.value("host", TEXT, TrialReader::text).orElse("host"),
            disk.required("domain", TEXT, TrialReader::text).orElse("?"),
            disk.value("disk", TEXT, TrialReader::text).orElse("xvda1"),
            disk.word("role", ROLES).orElse(VolumeRole.ROOT),
            series(disk, METRICS));
    disk.close();
    return read;
  }

  private static Map<String, Series> series(Section section, List<String> keys) {
    Map<String, Series> series = new LinkedHashMap<>();
    for (String key : keys) {
      section.value(key, SERIES, Series::parse).ifPresent(read -> series.put(key, read));
    }
    return series;
  }

  private static TrialFile.Expected expected(Section section) {
    TrialFile.Expected expected =
        new TrialFile.Expected(
            section.required("at", Units.DURATION, DiskRuleReader::duration).orElse(0L),
            Problems.line(section.node()),
            facts(section, "alerts", "policy", "state"),
            facts(section, "throttles", "set"),
            facts(section, "decisions", "verdict", "policy", "guard"));
    section.close();
    return expected;
  }

  /** The facts of a list; null when it is not there, for then nothing is expected. */
  private static @Nullable List<TrialFile.Fact> facts(Section in, String key, String... more) {
    if (!in.has(key)) {
      return null;
    }
    List<TrialFile.Fact> facts = new ArrayList<>();
    for (Section.Element each : in.elements(key)) {
      Section.of(each.node(), each.path(), in.problems())
          .ifPresent(section -> {
            Map<String, String> parts = new LinkedHashMap<>();
            Stream.concat(Stream.of(more), PLACE.stream())
                .forEach(part ->
                    section
                        .value(part, TEXT, TrialReader::text)
                        .ifPresent(value -> parts.put(part, value)));
            section.close();
            facts.add(new TrialFile.Fact(parts));
          });
    }
    return facts;
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() || text.length() > 255 ? Optional.empty() : Optional.of(text);
  }
}
