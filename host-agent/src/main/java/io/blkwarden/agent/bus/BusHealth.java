package io.blkwarden.agent.bus;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Health of the connection to the controllers, and counters of dropped messages. Thread-safe. */
public final class BusHealth {
  /** The connection to NATS. */
  public static final String NATS = "nats";

  /** The audit stream, which stores outcomes. */
  static final String AUDIT = "audit";

  /** Mapping events. */
  static final String MAPPING = "mapping";

  /** The size of map snapshots. */
  static final String SIZE = "mapping-size";

  /** The bucket with the last snapshot of each host. */
  static final String BUCKET = "mapping-bucket";

  /** The file with unconfirmed outcomes. */
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

  /** The connection is lost; a known fault explains it better than the reason. */
  synchronized void down(String reason) {
    connected = false;
    faults.putIfAbsent(NATS, reason);
  }

  /** Sets a fault for the heartbeat, and logs it if it is new. */
  public void fault(String what, String text) {
    boolean isNew;
    synchronized (this) {
      isNew = !text.equals(faults.put(what, text));
    }
    if (isNew) {
      LOG.warn("{}: {}", what, text);
    }
  }

  /** Removes a fault. */
  synchronized void clear(String what) {
    faults.remove(what);
  }

  /** Counts a dropped or conflated message. */
  public synchronized void drop(String kind) {
    drops.merge(kind, 1L, Long::sum);
  }

  /** A copy of the state. */
  synchronized BusState state() {
    return new BusState(connected, faults, drops);
  }
}
