package io.blkwarden.simulation.host;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Kernel files by relative path and xenstore nodes by absolute path; the text of a file may be
 * generated when it is read.
 */
class FileTree {
  private final NavigableMap<String, Supplier<String>> files = new TreeMap<>();
  private final Map<String, String> links = new HashMap<>();

  final void file(String path, Supplier<String> text) {
    files.put(path, text);
  }

  final void file(String path, String text) {
    files.put(path, () -> text);
  }

  final void link(String path, String target) {
    links.put(path, target);
  }

  final boolean has(String path) {
    return files.containsKey(path);
  }

  /** Removes all files whose paths start with the prefix. */
  final void remove(String prefix) {
    below(prefix).clear();
  }

  private NavigableMap<String, Supplier<String>> below(String prefix) {
    return files.subMap(prefix, true, prefix + Character.MAX_VALUE, false);
  }

  final ReadResult<String> read(String path) {
    Supplier<String> text = files.get(path);
    return text == null ? ReadResult.absent(path) : ReadResult.present(text.get());
  }

  final ReadResult<List<String>> list(String dir) {
    String prefix = dir.isEmpty() ? "" : dir + "/";
    List<String> names =
        below(prefix).keySet().stream()
            .map(path -> path.substring(prefix.length()).replaceFirst("/.*", ""))
            .distinct()
            .toList();
    return names.isEmpty() && !has(dir) ? ReadResult.absent(dir) : ReadResult.present(names);
  }

  final ReadResult<String> target(String path) {
    String target = links.get(path);
    return target == null ? ReadResult.absent(path) : ReadResult.present(target);
  }
}
