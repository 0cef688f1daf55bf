package io.blkwarden.controller.bus.access;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Parses the structure of a nats-server configuration: keys, their maps and positions.
 *
 * <p>Values are not interpreted. Included files are not followed.
 */
final class ConfigReader {
  private static final int DEPTH_MAX = 32;

  /**
   * A key and its position in the text.
   *
   * @param path keys of the enclosing maps, the outermost first
   * @param key without quotes
   * @param value without quotes; empty for a map or an array
   * @param start offset of the key
   * @param end offset after the value
   */
  record Entry(List<String> path, String key, String value, int start, int end) {
    Entry {
      path = List.copyOf(path);
    }
  }

  private final String text;
  private final Deque<String> path = new ArrayDeque<>();
  private final List<Entry> entries = new ArrayList<>();
  private int at;

  private ConfigReader(String text) {
    this.text = text;
  }

  /**
   * All keys, including those of nested maps.
   *
   * @throws IllegalArgumentException if a bracket or a quote is not closed
   */
  static List<Entry> read(String text) {
    ConfigReader reader = new ConfigReader(text);
    reader.map(false);
    return reader.entries;
  }

  /** The line number of an offset, from 1. */
  static long line(String text, int offset) {
    return 1 + text.substring(0, offset).chars().filter(c -> c == '\n').count();
  }

  private void map(boolean inner) {
    while (true) {
      skip(true);
      if (at == text.length()) {
        if (inner) {
          throw wrong("expected }");
        }
        return;
      }
      if (text.charAt(at) == '}') {
        if (!inner) {
          throw wrong("expected no }");
        }
        at++;
        return;
      }
      entry();
    }
  }

  private void entry() {
    int start = at;
    String key = quoted() ? string() : bare(":={");
    if (key.isEmpty()) {
      throw wrong("expected a key");
    }
    skip(false);
    if (at < text.length() && (text.charAt(at) == ':' || text.charAt(at) == '=')) {
      at++;
      skip(false);
    }
    List<String> around = List.copyOf(path.reversed());
    path.push(key);
    if (path.size() > DEPTH_MAX) {
      throw wrong("expected at most %d levels".formatted(DEPTH_MAX));
    }
    String value = value();
    path.pop();
    entries.add(new Entry(around, key, value, start, at));
  }

  private String value() {
    char c = at < text.length() ? text.charAt(at) : '\n';
    if (c == '{') {
      at++;
      map(true);
      return "";
    }
    if (c == '[') {
      at++;
      array();
      return "";
    }
    if (c == '(') {
      return until(')');
    }
    return quoted() ? string() : bare(",;]}");
  }

  private void array() {
    while (true) {
      skip(true);
      if (at == text.length()) {
        throw wrong("expected ]");
      }
      if (text.charAt(at) == ']') {
        at++;
        return;
      }
      int before = at;
      value();
      if (at == before) {
        throw wrong("expected a value");
      }
    }
  }

  private boolean quoted() {
    return at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'');
  }

  private String string() {
    return until(text.charAt(at));
  }

  private String until(char end) {
    int start = ++at;
    while (at < text.length() && text.charAt(at) != end) {
      at += end == '"' && text.charAt(at) == '\\' ? 2 : 1;
    }
    if (at >= text.length()) {
      at = text.length();
      throw wrong("expected " + end);
    }
    return text.substring(start, at++).replace("\\\"", "\"").replace("\\\\", "\\");
  }

  private String bare(String ends) {
    int start = at;
    while (at < text.length()
        && !Character.isWhitespace(text.charAt(at))
        && ends.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  /** Skips whitespace and, between entries, separators and comments. */
  private void skip(boolean between) {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || (between && (c == ',' || c == ';'))) {
        at++;
      } else if (between && (c == '#' || text.startsWith("//", at))) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else {
        return;
      }
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException("line %d: %s".formatted(line(text, at), expected));
  }
}
