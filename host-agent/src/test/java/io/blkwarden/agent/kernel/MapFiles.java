package io.blkwarden.agent.kernel;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Kernel files in memory; directories exist by their content, links are not followed. */
public final class MapFiles implements KernelFiles {
  private final Map<String, String> texts;
  private final Map<String, String> links = new TreeMap<>();

  /** No files yet. */
  public MapFiles() {
    this(new TreeMap<>());
  }

  /** The files of a map, read at each call. */
  public MapFiles(Map<String, String> texts) {
    this.texts = texts;
  }

  /** Adds a file. */
  public MapFiles with(String path, String text) {
    texts.put(path, text);
    return this;
  }

  /** Adds a symbolic link. */
  public MapFiles withLink(String path, String target) {
    links.put(path, target);
    return this;
  }

  @Override
  public ReadResult<String> read(String path) {
    String text = texts.get(path);
    return text == null ? ReadResult.absent(path) : ReadResult.present(text);
  }

  @Override
  public ReadResult<List<String>> list(String dir) {
    TreeSet<String> names = new TreeSet<>();
    for (Map<String, String> files : List.of(texts, links)) {
      for (String path : files.keySet()) {
        if (path.startsWith(dir + "/")) {
          names.add(path.substring(dir.length() + 1).split("/", 2)[0]);
        }
      }
    }
    return names.isEmpty() ? ReadResult.absent(dir) : ReadResult.present(List.copyOf(names));
  }

  @Override
  public ReadResult<String> link(String path) {
    String target = links.get(path);
    return target == null ? ReadResult.absent(path) : ReadResult.present(target);
  }
}
