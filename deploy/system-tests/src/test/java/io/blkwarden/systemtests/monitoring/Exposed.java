package io.blkwarden.systemtests.monitoring;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Exposed metrics, as lines of {@code name type {labels}}. */
final class Exposed {
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
  private static final Pattern DOCUMENTED =
      Pattern.compile("(?m)^\\| `(blkwarden_[a-z_]+)` \\| (gauge|counter) \\| ([^|]*?) \\|");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");
  private static final Pattern QUOTED = Pattern.compile("`([a-z_]+)`");
  private static final Pattern USED = Pattern.compile("\\bblkwarden_[a-z_]+");

  private Exposed() {}

  static Set<String> of(String page) {
    Set<String> found = new TreeSet<>();
    Matcher types = TYPE.matcher(page);
    while (types.find()) {
      String name = types.group(1);
      Matcher sample = Pattern.compile("(?m)^" + name + "(?:\\{(.*)\\})? \\S+$").matcher(page);
      String labels = sample.find() && sample.group(1) != null ? sample.group(1) : "";
      found.add("%s %s %s".formatted(name, types.group(2), all(LABEL, labels)));
    }
    return found;
  }

  /** Documented metrics, from tables. */
  static Set<String> documented(String page) {
    Set<String> found = new TreeSet<>();
    Matcher rows = DOCUMENTED.matcher(page);
    while (rows.find()) {
      found.add("%s %s %s".formatted(rows.group(1), rows.group(2), all(QUOTED, rows.group(3))));
    }
    return found;
  }

  /** The names of metrics in a text. */
  static Set<String> namesIn(String text) {
    return USED.matcher(text).results().map(each -> each.group()).collect(Collectors.toSet());
  }

  private static Set<String> all(Pattern pattern, String text) {
    return new TreeSet<>(pattern.matcher(text).results().map(each -> each.group(1)).toList());
  }
}
