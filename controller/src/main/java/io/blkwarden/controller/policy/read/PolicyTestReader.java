package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.testfile.PolicyTestFile;
import io.blkwarden.controller.policy.testfile.Series;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policy.yaml.Problems;
import io.blkwarden.controller.policy.yaml.Section;
import io.blkwarden.controller.policy.yaml.Value;
import io.blkwarden.model.VolumeRole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads a file of policy tests. */
public final class PolicyTestReader {
  private static final int TESTS_MAX = 1_000;
  private static final int DISKS_MAX = 4_096;
  private static final Value<String> TEXT = Value.text("1 to 255 characters", 255);
  private static final Value<Series> SERIES =
      Value.of("values such as 0x10 300x20 5, and _ for unknown", Series::parse);
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
  private static final Value<Boolean> ROTATIONAL = Value.oneOf(Map.of("hdd", true, "ssd", false));
  private static final Value<VolumeRole> ROLE = Value.oneOf(VolumeRole.values(), VolumeRole::wire);

  private PolicyTestReader() {}

  /**
   * The result of reading a file.
   *
   * @param file absent when there are problems
   * @param problems all problems; none when the file is valid
   */
  public record Load(@Nullable PolicyTestFile file, List<PolicyProblem> problems) {}

  /** Reads a file. */
  public static Load read(PolicyFile file) {
    Problems problems = new Problems(file.name());
    Optional<Section> top = Section.top(file, problems);
    if (top.isEmpty() && problems.none()) {
      problems.at(1, 1, "", "expected policies and tests, found nothing");
    }
    return new Load(top.flatMap(PolicyTestReader::file).orElse(null), problems.inOrder());
  }

  private static Optional<PolicyTestFile> file(Section in) {
    List<String> policies = in.list("policies", TEXT);
    if (policies.isEmpty()) {
      in.missing("policies", "files or folders of policies");
    }
    List<PolicyTestFile.Trial> tests = in.sections("tests", PolicyTestReader::test);
    some(in, "tests", TESTS_MAX, "at least one test");
    String labels = in.get("labels", TEXT).orElse(null);
    return in.make(() -> new PolicyTestFile(policies, labels, tests));
  }

  /** Reports a list with no or too many elements. */
  private static void some(Section in, String key, int most, String expected) {
    if (in.size(key) == 0) {
      in.missing(key, expected);
    } else if (in.size(key) > most) {
      in.problem(key, "expected at most %d, found %d".formatted(most, in.size(key)));
    }
  }

  private static Optional<PolicyTestFile.Trial> test(Section in) {
    Optional<String> name = in.need("name", TEXT);
    long interval = in.get("interval", Value.DURATION, 1_000L);
    List<PolicyTestFile.Disk> disks = in.sections("disks", PolicyTestReader::disk);
    some(in, "disks", DISKS_MAX, "at least one disk");
    Map<String, PolicyTestFile.Host> hosts = in.mapOfSections("hosts", PolicyTestReader::host);
    List<PolicyTestFile.Expected> expected = in.sections("expect", PolicyTestReader::expected);
    some(in, "expect", Integer.MAX_VALUE, "at least one time with what is expected then");
    for (int i = 1; i < expected.size(); i++) {
      if (expected.get(i).atMillis() <= expected.get(i - 1).atMillis()) {
        in.problemAt(expected.get(i).line(), "expect", "expected times in ascending order");
      }
    }
    return in.make(() ->
        new PolicyTestFile.Trial(
            name.orElseThrow(), Math.max(1, interval), disks, hosts, expected));
  }

  private static Optional<PolicyTestFile.Host> host(Section in) {
    Map<String, Series> pressure = series(in, PRESSURE);
    Boolean rotational = in.get("device", ROTATIONAL).orElse(null);
    return in.make(() -> new PolicyTestFile.Host(pressure, rotational));
  }

  private static Optional<PolicyTestFile.Disk> disk(Section in) {
    String host = in.get("host", TEXT, "host");
    Optional<String> domain = in.need("domain", TEXT);
    String vdev = in.get("disk", TEXT, "xvda1");
    VolumeRole role = in.get("role", ROLE, VolumeRole.ROOT);
    Map<String, Series> series = series(in, METRICS);
    return in.make(() -> new PolicyTestFile.Disk(host, domain.orElseThrow(), vdev, role, series));
  }

  private static Map<String, Series> series(Section in, List<String> keys) {
    Map<String, Series> series = new LinkedHashMap<>();
    keys.forEach(key -> in.get(key, SERIES).ifPresent(read -> series.put(key, read)));
    return series;
  }

  private static Optional<PolicyTestFile.Expected> expected(Section in) {
    Optional<Long> at = in.need("at", Value.DURATION);
    List<PolicyTestFile.Fact> alerts = facts(in, "alerts", "policy", "state", "device");
    List<PolicyTestFile.Fact> throttles = facts(in, "throttles", "set");
    List<PolicyTestFile.Fact> decisions = facts(in, "decisions", "verdict", "policy", "guard");
    return in.make(() ->
        new PolicyTestFile.Expected(at.orElseThrow(), in.line(), alerts, throttles, decisions));
  }

  /** The facts of a list; null when the list is missing, which expects nothing. */
  private static @Nullable List<PolicyTestFile.Fact> facts(Section in, String key, String... more) {
    return in.has(key) ? in.sections(key, fact -> Optional.of(fact(fact, more))) : null;
  }

  private static PolicyTestFile.Fact fact(Section in, String... more) {
    Map<String, String> parts = new LinkedHashMap<>();
    Stream.concat(Stream.of(more), PolicyTestFile.Fact.PLACE.stream())
        .forEach(part -> in.get(part, TEXT).ifPresent(value -> parts.put(part, value)));
    return in.closed(new PolicyTestFile.Fact(parts));
  }
}
