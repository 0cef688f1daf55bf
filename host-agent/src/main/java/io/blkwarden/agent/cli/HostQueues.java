package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.files.SysfsQueues;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.StateFolders;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the queue settings of this host's devices. */
final class HostQueues {
  private static final Logger LOG = LoggerFactory.getLogger(HostQueues.class);

  private HostQueues() {}

  /**
   * Recovers the settings of an earlier run.
   *
   * @param setAside whether a damaged record is renamed, and the settings in it stay as they are
   * @return failed if the record cannot be read: nothing may be set over it
   */
  static ReadResult<QueueTuner> recover(
      RootedFiles files, StateFolders folders, DesiredQueue desired, boolean setAside) {
    return ProcFiles.bootId(files)
        .flatMap(boot -> {
          QueueFile file = new QueueFile(folders, boot);
          ReadResult<List<ChangedSetting>> earlier = file.load();
          if (setAside && earlier instanceof ReadResult.Malformed) {
            LOG.error("queue settings: {}; {}", earlier.describe(), file.setAside());
            earlier = ReadResult.present(List.of());
          }
          return earlier.map(found -> {
            QueueTuner tuner =
                new QueueTuner(new SysfsQueues(files, Path.of("/")), file::save, desired);
            tuner.recover(found);
            return tuner;
          });
        });
  }
}
