package io.blkwarden.controller.cli;

import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.controller.recording.files.Recorder;
import io.blkwarden.controller.replay.RecordedPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records the policies of a directory whenever they change. */
final class PolicyRecorder {
  /** Polling interval, in s. */
  static final int POLL_SECONDS = 15;

  private final Path folder;
  private final @Nullable Path labels;
  private final Recorder queue;
  private final Supplier<ReceiveTime> now;
  private final Consumer<String> problems;
  private @Nullable RecordedPolicies last;
  private String lastProblem = "";
  private int seconds;

  /**
   * A recorder that has not read the directory yet.
   *
   * @param labels a labels file; absent for none
   * @param problems receives why the policies cannot be recorded
   */
  PolicyRecorder(
      Path folder,
      @Nullable Path labels,
      Recorder queue,
      Supplier<ReceiveTime> now,
      Consumer<String> problems) {
    this.folder = folder;
    this.labels = labels;
    this.queue = queue;
    this.now = now;
    this.problems = problems;
  }

  /** Called once per second. */
  void tick() {
    if (++seconds % POLL_SECONDS == 0) {
      poll();
    }
  }

  void poll() {
    try {
      RecordedPolicies found =
          new RecordedPolicies(
              PolicyFolder.read(folder),
              labels == null ? null : PolicyFolder.readFile(labels, labels.toString()));
      lastProblem = "";
      if (!found.equals(last)) {
        put(found);
        last = found;
      }
    } catch (IOException e) {
      problem("policies: %s cannot be read (%s)".formatted(folder, e));
    }
  }

  private void put(RecordedPolicies found) {
    byte[] message = found.encode();
    if (message.length > Entry.PAYLOAD_MAX) {
      problem(
          "policies: %s is too large to record: expected at most %d bytes, found %d"
              .formatted(folder, Entry.PAYLOAD_MAX, message.length));
      return;
    }
    queue.offer(new Entry.Message(now.get(), false, Entry.POLICIES, message));
  }

  private void problem(String problem) {
    if (!problem.equals(lastProblem)) {
      lastProblem = problem;
      problems.accept(problem);
    }
  }
}
