package io.blkwarden.controller.cli;

import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.ReceiveTime;
import io.blkwarden.controller.recording.RecordingFormat;
import io.blkwarden.controller.recording.files.EntryQueue;
import io.blkwarden.controller.replay.RecordedPolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts a folder's policies into a recording, again whenever they changed. */
final class PolicyRecorder {
  /** Time between two looks, in s. */
  static final int LOOK_SECONDS = 15;

  private final Path folder;
  private final @Nullable Path labels;
  private final EntryQueue queue;
  private final Supplier<ReceiveTime> now;
  private final Consumer<String> faults;
  private @Nullable RecordedPolicies last;
  private String lastFault = "";
  private int seconds;

  /**
   * A tape that has not looked yet.
   *
   * @param labels absent for none
   * @param faults hears why the policies cannot be recorded
   */
  PolicyRecorder(
      Path folder,
      @Nullable Path labels,
      EntryQueue queue,
      Supplier<ReceiveTime> now,
      Consumer<String> faults) {
    this.folder = folder;
    this.labels = labels;
    this.queue = queue;
    this.now = now;
    this.faults = faults;
  }

  /** To be called once a second. */
  void second() {
    if (++seconds % LOOK_SECONDS == 0) {
      look();
    }
  }

  void look() {
    try {
      RecordedPolicies found =
          new RecordedPolicies(
              PolicyFolder.read(folder),
              labels == null ? null : PolicyFolder.readFile(labels, labels.toString()));
      lastFault = "";
      if (!found.equals(last)) {
        put(found);
        last = found;
      }
    } catch (IOException e) {
      fault("policies: %s cannot be read (%s)".formatted(folder, e));
    }
  }

  private void put(RecordedPolicies found) {
    byte[] message = found.encode();
    if (message.length > RecordingFormat.PAYLOAD_MAX) {
      fault(
          "policies: %s is too long to be recorded: expected at most %d bytes, found %d"
              .formatted(folder, RecordingFormat.PAYLOAD_MAX, message.length));
      return;
    }
    queue.offer(new Entry.Message(now.get(), false, RecordingFormat.POLICIES, message));
  }

  private void fault(String fault) {
    if (!fault.equals(lastFault)) {
      lastFault = fault;
      faults.accept(fault);
    }
  }
}
