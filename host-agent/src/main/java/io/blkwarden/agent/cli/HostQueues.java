package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.RootedFiles;
import io.blkwarden.agent.kernel.SysfsQueues;
import io.blkwarden.agent.lease.QueueFile;
import io.blkwarden.agent.lease.StateFolders;
import io.blkwarden.agent.probe.BootId;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.queue.HeldSetting;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.queue.QueueWish;
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
      RootedFiles files, Path root, StateFolders folders, QueueWish wish) {
    Reading<QueueTuner> made =
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

  private static Reading<List<HeldSetting>> earlier(QueueFile file) {
    Reading<List<HeldSetting>> found = file.load();
    if (found instanceof Reading.Malformed) {
      LOG.error("queues: {}; {}", found.describe(), file.setAside());
      return Reading.present(List.of());
    }
    return found;
  }
}
