package io.blkwarden.controller.policy.yaml;

import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** The problems of one file; those beyond {@link #MAX} are counted only. */
public final class Problems {
  static final int MAX = 100;

  private static final int FOUND_MAX = 60;

  private final String file;
  private final List<PolicyProblem> list = new ArrayList<>();
  private String policy = "";
  private int count;

  /** No problems of this file. */
  public Problems(String file) {
    this.file = file;
  }

  void at(Node node, String key, String message) {
    at(node.getStartMark(), key, message);
  }

  void at(Optional<Mark> mark, String key, String message) {
    at(line(mark), column(mark), key, message);
  }

  /** Adds a problem. */
  public void at(int line, int column, String key, String message) {
    count++;
    if (list.size() < MAX) {
      list.add(new PolicyProblem(file, line, column, policy, key, message));
    }
  }

  /** Sets the policy that the next problems name; empty for none. */
  void about(String name) {
    policy = name;
  }

  /** Removes a problem that another one explains. */
  void remove(Node node, String key) {
    int before = list.size();
    list.removeIf(each -> each.key().equals(key) && each.line() == line(node.getStartMark()));
    count -= before - list.size();
  }

  /** A value from the file as problems show it: shortened, escaped, in quotes. */
  public static String quoted(String found) {
    String shown = found.length() > FOUND_MAX ? found.substring(0, FOUND_MAX) + "…" : found;
    return "'" + Printable.of(shown) + "'";
  }

  static int line(Optional<Mark> mark) {
    return mark.map(Mark::getLine).orElse(0) + 1;
  }

  static int column(Optional<Mark> mark) {
    return mark.map(Mark::getColumn).orElse(0) + 1;
  }

  /** Whether there is none. */
  public boolean none() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /** The problems in the order of the file. */
  public List<PolicyProblem> inOrder() {
    return list.stream()
        .sorted(
            Comparator.comparingInt(PolicyProblem::line).thenComparingInt(PolicyProblem::column))
        .toList();
  }
}
