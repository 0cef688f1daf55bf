package io.blkwarden.agent.files;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.QueueScheduler;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.queue.QueueSetting;
import io.blkwarden.agent.queue.QueueSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Queue settings in {@code /sys/block/NAME/queue}.
 *
 * @param files reads below the root
 * @param root the same root, for writes
 */
public record SysfsQueues(KernelFiles files, Path root) implements QueueSettings {

  @Override
  public ReadResult<QueueScheduler> scheduler(String device) {
    return QueueScheduler.read(files, device);
  }

  @Override
  public ReadResult<String> aging(String device) {
    String path = QueueSetting.AGING.path(device);
    return files
        .read(path)
        .map(String::strip)
        .flatMap(text ->
            text.matches("[0-9]{1,10}")
                ? ReadResult.present(text)
                : ReadResult.malformed(path, "a time in ms", text));
  }

  @Override
  public Optional<String> set(String device, QueueSetting setting, String value) {
    Path path = root.resolve(setting.path(device));
    try {
      FileFault.write(path, value);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s: %s ('%s')".formatted(path, FileFault.text(e), value));
    }
  }
}
