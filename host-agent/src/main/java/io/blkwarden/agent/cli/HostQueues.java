package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.files.SysfsQueues;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.queue.ChangedSetting;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.state.QueueFile;
import io.blkwarden.agent.state.StateFolders;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues of this host's devices, with what an earlier run has set of them. */
final class HostQueues {
  private static final Logger LOG = LoggerFactory.getLogger(HostQueues.class);

  private HostQueues() {}

  /**
   * Takes over what an earlier run left.
   *
   * @return empty, and said why, when what it left cannot be read just now: nothing is set over it
   */
  static Optional<QueueTuner> open(
      RootedFiles files, Path root, StateFolders folders, DesiredQueue wish) {
    ReadResult<QueueTuner> made =
        BootId.read(files)
            .flatMap(boot -> {
              QueueFile file = new QueueFile(folders, boot.id());
              return earlier(file)
                  .map(found -> {
                    QueueTuner tuner = new QueueTuner(new SysfsQueues(files, root), file, wish);
                    tuner.recover(found);
                    return tuner;
                  });
            });
    if (!made.isPresent()) {
      LOG.error("queues: {}; none is set or put back", made.describe());
    }
    return made.toOptional();
  }

  private static ReadResult<List<ChangedSetting>> earlier(QueueFile file) {
    ReadResult<List<ChangedSetting>> found = file.load();
    if (found instanceof ReadResult.Malformed) {
      LOG.error("queues: {}; {}", found.describe(), file.setAside());
      return ReadResult.present(List.of());
    }
    return found;
  }
}
