package io.blkwarden.simulation.host;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Files by path; the text of a file is generated when it is read. */
final class FileTree implements KernelFiles {
  private final NavigableMap<String, Supplier<String>> files = new TreeMap<>();
  private final Map<String, String> links = new HashMap<>();

  void file(String path, Supplier<String> text) {
    files.put(path, text);
  }

  void file(String path, String text) {
    files.put(path, () -> text);
  }

  boolean has(String path) {
    return files.containsKey(path);
  }

  /** Removes all files whose paths start with the prefix. */
  void remove(String prefix) {
    files.subMap(prefix, true, prefix + Character.MAX_VALUE, false).clear();
  }

  void link(String path, String target) {
    links.put(path, target);
  }

  @Override
  public ReadResult<String> read(String path) {
    Supplier<String> text = files.get(path);
    return text == null ? ReadResult.absent(path) : ReadResult.present(text.get());
  }

  @Override
  public ReadResult<List<String>> list(String dir) {
    String prefix = dir.isEmpty() ? "" : dir + "/";
    List<String> names =
        files.subMap(prefix, true, prefix + Character.MAX_VALUE, false).keySet().stream()
            .map(path -> path.substring(prefix.length()))
            .map(rest -> rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest)
            .distinct()
            .toList();
    return names.isEmpty() ? ReadResult.absent(dir) : ReadResult.present(names);
  }

  @Override
  public ReadResult<String> link(String path) {
    String target = links.get(path);
    return target == null ? ReadResult.absent(path) : ReadResult.present(target);
  }
}
