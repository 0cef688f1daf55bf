package io.blkwarden.controller.recording.files;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.RecordingFormat;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The last snapshot of each host and the last policies, repeated at the start of the next file.
 *
 * <p>Holds at most {@link #MAX_BYTES}. For hosts beyond that, the next file lacks the map until the
 * agent sends it again, within a minute.
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

  void update(Entry.Message message) {
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

  /** Total length of the payloads. */
  long bytes() {
    return bytes;
  }

  Collection<Entry.Message> all() {
    return last.values();
  }
}
