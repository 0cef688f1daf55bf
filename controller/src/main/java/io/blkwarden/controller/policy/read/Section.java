package io.blkwarden.controller.policy.read;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A mapping whose keys are taken one by one; {@link #close()} complains about those left over.
 *
 * <p>Every getter returns empty when the key is missing or its value is wrong; a wrong value, and a
 * missing one that is required, is a problem already told.
 */
final class Section {
  private final Node node;
  private final String path;
  private final Problems problems;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Node> keys = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  private Section(MappingNode node, String path, Problems problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
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

  /** The node as a mapping; anything else is a problem. */
  static Optional<Section> of(Node node, String path, Problems problems) {
    if (node instanceof MappingNode mapping) {
      return Optional.of(new Section(mapping, path, problems));
    }
    problems.expected(node, path, "keys and values", shown(node));
    return Optional.empty();
  }

  Node node() {
    return node;
  }

  Problems problems() {
    return problems;
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Whether the key is there, whatever its value; asking does not make it known. */
  boolean has(String key) {
    return values.containsKey(key);
  }

  /** Every key with its value, where any key is right. */
  Map<String, Node> all() {
    known.addAll(values.keySet());
    return values;
  }

  Optional<Node> take(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key)).filter(value -> !value.getTag().equals(Tag.NULL));
  }

  /** Says that a key is missing. */
  void missing(String key, String expected) {
    problems.at(node, path(key), "expected %s, found nothing".formatted(expected));
  }

  Optional<String> text(String key) {
    return take(key).flatMap(value -> scalar(value, path(key), "text", Optional::of));
  }

  /** A scalar that must parse. */
  <T> Optional<T> value(String key, String expected, Function<String, Optional<T>> parse) {
    return take(key).flatMap(value -> scalar(value, path(key), expected, parse));
  }

  <T> Optional<T> required(String key, String expected, Function<String, Optional<T>> parse) {
    if (take(key).isEmpty()) {
      missing(key, expected);
    }
    return value(key, expected, parse);
  }

  /** A scalar that must be one of a few words. */
  <T> Optional<T> word(String key, Map<String, T> words) {
    return take(key).flatMap(value -> word(value, path(key), words));
  }

  <T> Optional<T> word(Node value, String at, Map<String, T> words) {
    String expected = String.join(", ", new TreeSet<>(words.keySet()));
    String hint =
        value instanceof ScalarNode scalar ? Spelling.hint(scalar.getValue(), words.keySet()) : "";
    if (value instanceof ScalarNode scalar && words.containsKey(scalar.getValue())) {
      return Optional.ofNullable(words.get(scalar.getValue()));
    }
    problems.at(
        value,
        at,
        "expected one of %s, found %s%s".formatted(expected, Problems.quoted(shown(value)), hint));
    return Optional.empty();
  }

  <T> Optional<T> scalar(
      Node value, String at, String expected, Function<String, Optional<T>> parse) {
    if (value instanceof ScalarNode scalar) {
      Optional<T> parsed = parse.apply(scalar.getValue());
      if (parsed.isPresent()) {
        return parsed;
      }
    }
    problems.expected(value, at, expected, shown(value));
    return Optional.empty();
  }

  Optional<Section> section(String key) {
    return take(key).flatMap(value -> of(value, path(key), problems));
  }

  /** The elements of a list with their paths; a single value counts as a list of one. */
  List<Element> elements(String key) {
    List<Element> elements = new ArrayList<>();
    take(key)
        .ifPresent(value -> {
          if (value instanceof SequenceNode sequence) {
            for (int i = 0; i < sequence.getValue().size(); i++) {
              elements.add(
                  new Element(sequence.getValue().get(i), "%s[%d]".formatted(path(key), i)));
            }
          } else {
            elements.add(new Element(value, path(key)));
          }
        });
    return elements;
  }

  /** An element of a list. */
  record Element(Node node, String path) {}

  /** Complains about every key that nobody asked for. */
  void close() {
    keys.forEach((key, at) -> {
      if (!known.contains(key)) {
        problems.at(
            at,
            path(key),
            "unknown key; expected %s%s"
                .formatted(String.join(", ", known), Spelling.hint(key, known)));
      }
    });
  }

  static String shown(Node value) {
    return switch (value) {
      case ScalarNode scalar -> scalar.getTag().equals(Tag.NULL) ? "nothing" : scalar.getValue();
      case SequenceNode _ -> "a list";
      default -> "keys and values";
    };
  }
}
