package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The unreadable sources of a scan; absent sources are not faults. */
final class ScanFaults {
  private static final int MAX = 1_000;

  private final List<UnreadSource> unread = new ArrayList<>();
  private int dropped;
  private boolean essentialDropped;

  /** The value, or null after recording the fault. */
  <T> @Nullable T value(String source, ReadResult<T> reading, boolean essential) {
    switch (reading) {
      case ReadResult.Present<T>(T value) -> {
        return value;
      }
      case ReadResult.Absent<T> _ -> {}
      case ReadResult.Malformed<T> bad -> add(source, bad.describe(), essential);
      case ReadResult.Failed<T> failed -> add(source, failed.cause(), essential);
    }
    return null;
  }

  /**
   * The value; only a failed read makes the scan incomplete. Malformed text of one guest must not
   * block the mapping of all others.
   */
  <T> @Nullable T guestValue(String source, ReadResult<T> reading) {
    return value(source, reading, reading instanceof ReadResult.Failed);
  }

  /** As {@link #value}, with a parser that throws on malformed text. */
  <T> @Nullable T parsed(
      String source, ReadResult<String> reading, boolean essential, Function<String, T> parser) {
    String text = value(source, reading, essential);
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      add(source, "found '%s': %s".formatted(text, e.getMessage()), essential);
      return null;
    }
  }

  /** Records a fault; after {@value #MAX} they are only counted. */
  void add(String source, String reason, boolean essential) {
    if (unread.size() < MAX) {
      unread.add(new UnreadSource(source, reason, essential));
    } else {
      dropped++;
      essentialDropped |= essential;
    }
  }

  /** All faults; the entry for dropped ones is essential if any of them was. */
  List<UnreadSource> all() {
    List<UnreadSource> all = new ArrayList<>(unread);
    if (dropped > 0) {
      all.add(
          new UnreadSource("scan", dropped + " more sources could not be read", essentialDropped));
    }
    return List.copyOf(all);
  }
}
