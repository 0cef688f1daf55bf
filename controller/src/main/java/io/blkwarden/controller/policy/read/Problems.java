package io.blkwarden.controller.policy.read;

import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects the problems of one file, at most {@link #MAX}; those beyond are left out. */
final class Problems {
  static final int MAX = 100;

  private static final int FOUND_MAX = 60;

  private final String file;
  private final List<PolicyProblem> list = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void at(Node node, String key, String message) {
    at(line(node), column(node), key, message);
  }

  void at(int line, int column, String key, String message) {
    if (list.size() < MAX) {
      list.add(new PolicyProblem(file, line, column, key, message));
    }
  }

  /** A value that is not what it should be. */
  void expected(Node node, String key, String expected, String found) {
    at(node, key, "expected %s, found %s".formatted(expected, quoted(found)));
  }

  static String quoted(String found) {
    String shown = found.length() > FOUND_MAX ? found.substring(0, FOUND_MAX) + "…" : found;
    return "'" + Printable.of(shown) + "'";
  }

  static int line(Node node) {
    return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
  }

  static int column(Node node) {
    return node.getStartMark().map(Mark::getColumn).orElse(0) + 1;
  }

  boolean none() {
    return list.isEmpty();
  }

  int count() {
    return list.size();
  }

  List<PolicyProblem> inOrder() {
    return list.stream()
        .sorted(
            Comparator.comparingInt(PolicyProblem::line).thenComparingInt(PolicyProblem::column))
        .toList();
  }
}
