package io.blkwarden.agent.sample;

import io.blkwarden.agent.probe.KernelFiles;
import io.blkwarden.agent.probe.Reading;
import java.util.List;
import java.util.Map;

/** Files by path; a directory has the names of the files and directories in it. */
record MapFiles(Map<String, String> texts) implements KernelFiles {
  @Override
  public Reading<String> read(String path) {
    String text = texts.get(path);
    return text == null ? Reading.absent(path) : Reading.present(text);
  }

  @Override
  public Reading<List<String>> list(String dir) {
    List<String> names =
        texts.keySet().stream()
            .filter(path -> path.startsWith(dir + "/"))
            .map(path -> path.substring(dir.length() + 1).split("/", 2)[0])
            .distinct()
            .sorted()
            .toList();
    return names.isEmpty() ? Reading.absent(dir) : Reading.present(names);
  }

  @Override
  public Reading<String> link(String path) {
    return Reading.absent(path);
  }
}
