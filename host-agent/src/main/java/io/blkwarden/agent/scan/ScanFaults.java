package io.blkwarden.agent.scan;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a scan could not read; absent sources are no faults and leave nothing here. */
final class ScanFaults {
  private static final int MOST = 1_000;

  private final List<UnreadSource> unread = new ArrayList<>();
  private int dropped;
  private boolean essentialDropped;

  /** The value, or null after noting why there is none. */
  <T> @Nullable T value(String source, ReadResult<T> reading, boolean essential) {
    switch (reading) {
      case ReadResult.Present<T>(T value) -> {
        return value;
      }
      case ReadResult.Absent<T> _ -> {}
      case ReadResult.Malformed<T> bad -> noted(source, bad.describe(), essential);
      case ReadResult.Failed<T> failed -> noted(source, failed.cause(), essential);
    }
    return null;
  }

  /**
   * The value where only a source that cannot be read at all makes the scan incomplete: one guest's
   * odd text must not keep the map of all others from changing.
   */
  <T> @Nullable T ofOne(String source, ReadResult<T> reading) {
    return value(source, reading, reading instanceof ReadResult.Failed);
  }

  /** As {@link #value}, through a parser that throws for what it does not understand. */
  <T> @Nullable T parsed(
      String source, ReadResult<String> reading, boolean essential, Function<String, T> parser) {
    String text = value(source, reading, essential);
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      noted(source, "found '%s': %s".formatted(text, e.getMessage()), essential);
      return null;
    }
  }

  /** Notes a fault; after {@value #MOST} of them they are counted only. */
  void noted(String source, String reason, boolean essential) {
    if (unread.size() < MOST) {
      unread.add(new UnreadSource(source, reason, essential));
    } else {
      dropped++;
      essentialDropped |= essential;
    }
  }

  /** All faults; the number of those that found no room is essential if one of them was. */
  List<UnreadSource> all() {
    List<UnreadSource> all = new ArrayList<>(unread);
    if (dropped > 0) {
      all.add(
          new UnreadSource("scan", dropped + " more sources could not be read", essentialDropped));
    }
    return List.copyOf(all);
  }
}
