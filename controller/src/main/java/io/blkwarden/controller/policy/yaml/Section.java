package io.blkwarden.controller.policy.yaml;

import io.blkwarden.commandline.Nearest;
import io.blkwarden.controller.fleet.Metric;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping of a YAML file that is bound to a value key by key.
 *
 * <p>A getter returns empty, or its default, when the key is missing or its value is invalid. An
 * invalid value, a required key that is missing and a key that no getter asked for are problems.
 */
public final class Section {
  private final Node node;
  private final String path;
  private final Problems problems;
  private final int problemsBefore;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Map<String, Optional<Section>> sections = new HashMap<>();
  private final Set<String> known = new TreeSet<>();

  private Section(MappingNode node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
    this.problemsBefore = problems.count();
    node.getValue()
        .forEach(tuple -> {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            problems.at(tuple.getKeyNode(), path, "expected a plain key");
          } else if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
            problems.at(key, path(key.getValue()), "expected once, found twice");
          } else {
            keys.put(key.getValue(), key);
          }
        });
  }

  /** The top of a file; empty when the file is empty or has a problem. */
  public static Optional<Section> top(PolicyFile file, Problems problems) {
    return YamlTree.read(file, problems).flatMap(node -> of(node, "", problems));
  }

  private static Optional<Section> of(Node node, String path, Problems problems) {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new Section(mapping, path, problems));
    }
    problems.at(node, path, "expected keys and values, found " + Problems.quoted(shown(node)));
    return Optional.empty();
  }

  /** Line of the section, from 1. */
  public int line() {
    return Problems.line(node.getStartMark());
  }

  /** Column of the section, from 1. */
  public int column() {
    return Problems.column(node.getStartMark());
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Whether the key is present, whatever its value; does not make the key a known one. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** Whether the key is present with a value; makes the key a known one. */
  public boolean known(String key) {
    return take(key).isPresent();
  }

  private Optional<Node> take(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !value.getTag().equals(Tag.NULL));
  }

  /** Runs a reader whose problems name a policy. */
  public <T> T about(String policy, Supplier<T> read) {
    problems.about(policy);
    T value = read.get();
    problems.about("");
    return value;
  }

  /** Reports a problem of the section. */
  public void problem(String key, String message) {
    problems.at(node, path(key), message);
  }

  /** Reports a problem of a line. */
  public void problemAt(int line, String key, String message) {
    problems.at(line, 1, path(key), message);
  }

  /** Reports a problem of a value. */
  public void invalid(String key, String message) {
    problems.at(values.getOrDefault(key, node), path(key), message);
  }

  /** Reports that a value is not what was expected. */
  public void unexpected(String key, String expected) {
    Node value = values.getOrDefault(key, node);
    invalid(key, "expected %s, found %s".formatted(expected, Problems.quoted(shown(value))));
  }

  /** Reports that a key is missing, unless an unknown key turns out to be a misspelling of it. */
  public void missing(String key, String expected) {
    problem(key, "expected %s, found nothing".formatted(expected));
  }

  /** A value. */
  public <T> Optional<T> get(String key, Value<T> type) {
    return take(key).flatMap(value -> scalar(value, path(key), type));
  }

  /** A value with a default. */
  public <T> T get(String key, Value<T> type, T otherwise) {
    return get(key, type).orElse(otherwise);
  }

  /** A required value. */
  public <T> Optional<T> need(String key, Value<T> type) {
    if (take(key).isEmpty()) {
      missing(key, type.expected());
    }
    return get(key, type);
  }

  /** The metric that the section names, which is required. */
  public Optional<Metric> metric() {
    return need("metric", Value.METRIC);
  }

  /** A required value in the unit of the metric; empty when that is unknown. */
  public Optional<Double> needAmount(String key, Optional<Metric> metric) {
    take(key);
    return metric.flatMap(of -> need(key, Value.amount(of.unit())));
  }

  /** A value in the unit of the metric; empty when that is unknown. */
  public Optional<Double> amount(String key, Optional<Metric> metric) {
    take(key);
    return metric.flatMap(of -> get(key, Value.amount(of.unit())));
  }

  private <T> Optional<T> scalar(Node value, String at, Value<T> type) {
    String hint = "";
    if (value instanceof ScalarNode scalar) {
      Optional<T> parsed = type.parse().apply(scalar.getValue());
      if (parsed.isPresent()) {
        return parsed;
      }
      hint = hint(type.similar().apply(scalar.getValue()));
    }
    String found = Problems.quoted(shown(value));
    problems.at(value, at, "expected %s, found %s%s".formatted(type.expected(), found, hint));
    return Optional.empty();
  }

  /** A section below this one; the same one each time. */
  public Optional<Section> section(String key) {
    Optional<Section> found = sections.get(key);
    if (found == null) {
      found = take(key).flatMap(value -> of(value, path(key), problems));
      sections.put(key, found);
    }
    return found;
  }

  /** The valid values of a list; a single value counts as a list of one. */
  public <T> List<T> list(String key, Value<T> type) {
    return list(key, (value, at) -> scalar(value, at, type));
  }

  /** The valid sections of a list; a single one counts as a list of one. */
  public <T> List<T> sections(String key, Function<Section, Optional<T>> read) {
    return list(key, (value, at) -> of(value, at, problems).flatMap(read));
  }

  /** How many elements a list has, valid or not; a single value counts as a list of one. */
  public int size(String key) {
    return take(key)
        .map(value -> value instanceof SequenceNode list ? list.getValue().size() : 1)
        .orElse(0);
  }

  private interface ElementReader<T> {
    Optional<T> read(Node value, String path);
  }

  private <T> List<T> list(String key, ElementReader<T> reader) {
    List<T> list = new ArrayList<>();
    take(key)
        .ifPresent(value -> {
          if (value instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
              reader
                  .read(sequence.getValue().get(i), "%s[%d]".formatted(path(key), i))
                  .ifPresent(list::add);
            }
          } else {
            reader.read(value, path(key)).ifPresent(list::add);
          }
        });
    return list;
  }

  /** The valid values of a section in which any key is valid, in the order of the file. */
  public <T> Map<String, T> map(String key, Value<T> type) {
    return section(key)
        .map(section -> section.map((value, at) -> section.scalar(value, at, type)))
        .orElse(Map.of());
  }

  /** The valid sections of a section in which any key is valid, in the order of the file. */
  public <T> Map<String, T> mapOfSections(String key, Function<Section, Optional<T>> read) {
    return section(key)
        .map(section -> section.map((value, at) -> of(value, at, problems).flatMap(read)))
        .orElse(Map.of());
  }

  private <T> Map<String, T> map(ElementReader<T> reader) {
    Map<String, T> map = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> reader.read(value, path(key)).ifPresent(read -> map.put(key, read)));
    return map;
  }

  /** Reports unknown keys, and returns the value. */
  public <T> T closed(T value) {
    close();
    return value;
  }

  /** Reports unknown keys, and makes the value unless the section has a problem. */
  public <T> Optional<T> make(Supplier<T> value) {
    close();
    return valid() ? Optional.of(value.get()) : Optional.empty();
  }

  /** Whether the section has no problem so far. */
  public boolean valid() {
    return problems.count() == problemsBefore;
  }

  /**
   * Reports every key that no getter asked for. The key that was meant, or any key if that is not
   * known, is not reported as missing too.
   */
  public void close() {
    keys.forEach((key, at) -> {
      if (!known.contains(key)) {
        Optional<String> meant = Nearest.similar(key, known);
        String expected = String.join(", ", known);
        problems.at(at, path(key), "unknown key; expected %s%s".formatted(expected, hint(meant)));
        meant.map(Set::of).orElse(known).stream()
            .filter(each -> !has(each))
            .forEach(each -> problems.remove(node, path(each)));
      }
    });
  }

  private static String hint(Optional<String> meant) {
    return meant.map("; did you mean '%s'?"::formatted).orElse("");
  }

  private static String shown(Node value) {
    return switch (value) {
      case ScalarNode scalar -> scalar.getTag().equals(Tag.NULL) ? "nothing" : scalar.getValue();
      case SequenceNode _ -> "a list";
      default -> "keys and values";
    };
  }
}
