package io.blkwarden.agent.bus;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What works and what was dropped on the way to the controllers; for use by several threads. */
public final class BusHealth {
  /** The connection itself. */
  public static final String NATS = "nats";

  /** The stream that outcomes are stored in. */
  static final String AUDIT = "audit";

  /** Mapping events. */
  static final String MAPPING = "mapping";

  /** Whether the whole map fits into a message; reset by a snapshot that was published. */
  static final String SIZE = "mapping-size";

  /** The bucket with the last snapshots. */
  static final String BUCKET = "mapping-bucket";

  /** The file that keeps outcomes over the agent's end. */
  static final String JOURNAL = "outcome-journal";

  private static final Logger LOG = LoggerFactory.getLogger(BusHealth.class);

  private final Map<String, String> faults = new TreeMap<>(Map.of(NATS, "not connected yet"));
  private final Map<String, Long> drops = new TreeMap<>();
  private boolean connected;

  /** A connection is established. */
  synchronized void up() {
    connected = true;
    faults.remove(NATS);
  }

  /** The connection is lost; a fault that is known already explains it better. */
  synchronized void down(String reason) {
    connected = false;
    faults.putIfAbsent(NATS, reason);
  }

  /** Keeps what is wrong for the heartbeat, and logs it when it is news. */
  public void fault(String what, String text) {
    boolean news;
    synchronized (this) {
      news = !text.equals(faults.put(what, text));
    }
    if (news) {
      LOG.warn("{}: {}", what, text);
    }
  }

  /** It works. */
  synchronized void works(String what) {
    faults.remove(what);
  }

  /** Counts a message that was dropped or conflated. */
  public synchronized void drop(String kind) {
    drops.merge(kind, 1L, Long::sum);
  }

  /** All of it. */
  synchronized BusState state() {
    return new BusState(connected, faults, drops);
  }
}
