package io.blkwarden.agent.bus;

import io.blkwarden.model.message.Heartbeat.ProbeHealth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health of sources and of the connection, and counters of losses, for the heartbeat. Thread-safe.
 */
public final class AgentHealth {
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

  private static final int MAX_DETAIL = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(AgentHealth.class);

  private final Map<String, Optional<String>> faults = new TreeMap<>();
  private final Map<String, Long> drops = new TreeMap<>();
  private final Set<String> unavailable = new HashSet<>();
  private boolean connected;

  /** The health of an agent that is not connected. */
  public AgentHealth() {
    set(NATS, Optional.of("not connected yet"));
  }

  /** A connection is established. */
  public synchronized void up() {
    connected = true;
    set(NATS, Optional.empty());
  }

  /** The connection is lost; a known fault explains it better than the reason. */
  public synchronized void down(String reason) {
    connected = false;
    faults.computeIfPresent(NATS, (_, fault) -> fault.or(() -> Optional.of(reason)));
  }

  /** Whether the agent is connected. */
  public synchronized boolean connected() {
    return connected;
  }

  /** Sets the fault of a source; empty if it works. */
  public synchronized void set(String name, Optional<String> fault) {
    faults.put(name, fault);
  }

  /**
   * Marks a source as not available on this host, which is not a fault.
   *
   * @return whether this is new
   */
  public synchronized boolean unavailable(String name) {
    faults.remove(name);
    return unavailable.add(name);
  }

  /** Sets a fault for the heartbeat, and logs it if it is new. */
  public void fault(String what, String text) {
    boolean isNew;
    synchronized (this) {
      Optional<String> fault = Optional.of(text);
      isNew = !fault.equals(faults.put(what, fault));
    }
    if (isNew) {
      LOG.warn("{}: {}", what, text);
    }
  }

  /** Removes a fault. */
  synchronized void clear(String what) {
    faults.remove(what);
  }

  /** Counts a loss, such as a dropped or conflated message, or a failure. */
  public synchronized void drop(String kind) {
    drops.merge(kind, 1L, Long::sum);
  }

  /** Numbers of losses and failures by kind. */
  public synchronized Map<String, Long> drops() {
    return new TreeMap<>(drops);
  }

  /** The state of all sources. */
  public synchronized List<ProbeHealth> probes() {
    List<ProbeHealth> probes = new ArrayList<>();
    faults.forEach((name, fault) ->
        probes.add(
            new ProbeHealth(name, fault.isEmpty(), fault.map(AgentHealth::truncate).orElse(null))));
    return probes;
  }

  private static String truncate(String text) {
    return text.length() > MAX_DETAIL ? text.substring(0, MAX_DETAIL) : text;
  }
}
