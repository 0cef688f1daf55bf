package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.RecordingFormat;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Each host's last snapshot and the last policies, to be repeated at the begin of the next file.
 *
 * <p>Keeps {@link #MAX_BYTES} of them; of a host beyond that the next file lacks the map until its
 * agent sends it again, which it does each minute.
 */
final class CarriedSnapshots {
  static final long MAX_BYTES = 128L << 20;

  private static final String SNAPSHOT = ".snapshot";

  private final Map<String, Entry.Message> last = new LinkedHashMap<>();
  private final long maxBytes;
  private long bytes;

  CarriedSnapshots() {
    this(MAX_BYTES);
  }

  CarriedSnapshots(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void see(Entry.Message message) {
    boolean snapshot =
        message.subject().startsWith("mapping.") && message.subject().endsWith(SNAPSHOT);
    if (!snapshot && !message.subject().equals(RecordingFormat.POLICIES)) {
      return;
    }
    Entry.Message old = last.remove(message.subject());
    if (old != null) {
      bytes -= old.payload().length;
    }
    if (bytes + message.payload().length <= maxBytes) {
      bytes += message.payload().length;
      last.put(message.subject(), message);
    }
  }

  /** Length of them all; in a file they take less, or little more. */
  long bytes() {
    return bytes;
  }

  Collection<Entry.Message> all() {
    return last.values();
  }
}
