package io.blkwarden.simulation.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** The events of a run in order: their number, a hash of all, and the last {@value #KEPT}. */
final class EventLog {
  private static final int KEPT = 40;

  private final MessageDigest digest;
  private final ArrayDeque<String> last = new ArrayDeque<>();
  private final Consumer<String> printer;
  private long count;

  /** A log that also passes each line to a printer. */
  EventLog(Consumer<String> printer) {
    this.printer = printer;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void add(long millis, String event) {
    String line = millis + " " + event;
    digest.update(line.getBytes(UTF_8));
    count++;
    last.addLast(line);
    printer.accept(line);
    if (last.size() > KEPT) {
      last.removeFirst();
    }
  }

  long count() {
    return count;
  }

  List<String> last() {
    return List.copyOf(last);
  }

  /** Hash of all lines; call it once, at the end. */
  String hash() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
