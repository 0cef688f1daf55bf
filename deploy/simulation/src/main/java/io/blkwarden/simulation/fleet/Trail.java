package io.blkwarden.simulation.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** What happened, in order: a hash over all of it, and its last {@value #KEPT} lines. */
final class Trail {
  private static final int KEPT = 40;

  private final MessageDigest digest;
  private final ArrayDeque<String> last = new ArrayDeque<>();
  private final Consumer<String> reader;
  private long events;

  /** A trail whose every line is also handed to a reader. */
  Trail(Consumer<String> reader) {
    this.reader = reader;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void add(long millis, String what) {
    String line = millis + " " + what;
    digest.update(line.getBytes(UTF_8));
    events++;
    last.addLast(line);
    reader.accept(line);
    if (last.size() > KEPT) {
      last.removeFirst();
    }
  }

  long events() {
    return events;
  }

  List<String> end() {
    return List.copyOf(last);
  }

  /** Hash of all lines; to be asked once, at the end. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
