package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import java.util.List;
import java.util.Map;

/** Files by path; a directory has the names of the files and directories in it. */
record MapFiles(Map<String, String> texts) implements KernelFiles {
  @Override
  public ReadResult<String> read(String path) {
    String text = texts.get(path);
    return text == null ? ReadResult.absent(path) : ReadResult.present(text);
  }

  @Override
  public ReadResult<List<String>> list(String dir) {
    List<String> names =
        texts.keySet().stream()
            .filter(path -> path.startsWith(dir + "/"))
            .map(path -> path.substring(dir.length() + 1).split("/", 2)[0])
            .distinct()
            .sorted()
            .toList();
    return names.isEmpty() ? ReadResult.absent(dir) : ReadResult.present(names);
  }

  @Override
  public ReadResult<String> link(String path) {
    return ReadResult.absent(path);
  }
}
