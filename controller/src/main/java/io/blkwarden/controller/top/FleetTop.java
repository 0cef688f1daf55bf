package io.blkwarden.controller.top;

import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Live I/O of the fleet's disks, from mappings, heartbeats and samples; thread-safe.
 *
 * <p>Ignores unreadable messages and those on another host's subject. Tracks at most {@link
 * #MAX_HOSTS} hosts. Numbers of hosts that stopped reporting are unknown. Times are of a monotonic
 * clock in ms.
 */
public final class FleetTop {
  /** Maximum number of hosts. */
  public static final int MAX_HOSTS = 65_536;

  private static final int HOST_OF_SAMPLE = 2;

  private final Subjects subjects;
  private final Set<HostId> only;
  private final Map<HostId, TopHost> hosts = new TreeMap<>();
  private final SampleFrame frame = new SampleFrame();
  private boolean truncated;

  /**
   * An empty view.
   *
   * @param only hosts to show; empty for all
   */
  public FleetTop(Subjects subjects, Set<HostId> only) {
    this.subjects = subjects;
    this.only = Set.copyOf(only);
  }

  /** Processes a message. */
  public synchronized void message(String subject, byte[] payload, long nowMillis) {
    if (subject.startsWith(subjects.prefix() + ".sample.")) {
      sample(subject, payload, nowMillis);
    } else if (ControlJson.decode(ControlMessage.class, payload)
        instanceof Decoded.Ok<ControlMessage>(ControlMessage message)) {
      switch (message) {
        case Heartbeat heartbeat when subjects.heartbeat(heartbeat.host()).equals(subject) ->
            seen(heartbeat.host(), nowMillis)
                .ifPresent(seen -> seen.heartbeat(heartbeat, nowMillis));
        case MappingEvent event
            when subjects.mapping(event.origin().host(), event.event()).equals(subject) ->
            seen(event.origin().host(), nowMillis).ifPresent(seen -> seen.mapping(event));
        default -> {} // not about disks, or on another host's subject
      }
    }
  }

  private void sample(String subject, byte[] payload, long nowMillis) {
    HostId host;
    try {
      host = subjects.hostOf(subject, HOST_OF_SAMPLE);
    } catch (IllegalArgumentException e) {
      return; // invalid host
    }
    if (subjects.sample(host).equals(subject)
        && SampleCodec.decode(payload, frame) instanceof Decoded.Ok<?>) {
      seen(host, nowMillis).ifPresent(seen -> seen.sample(frame, nowMillis));
    }
  }

  /** The state of a host that is shown. */
  private Optional<TopHost> seen(HostId host, long nowMillis) {
    if (!only.isEmpty() && !only.contains(host)) {
      return Optional.empty();
    }
    if (hosts.size() >= MAX_HOSTS && !hosts.containsKey(host)) {
      truncated = true;
      return Optional.empty();
    }
    return Optional.of(hosts.computeIfAbsent(host, _ -> new TopHost(host, nowMillis)));
  }

  /**
   * The current state.
   *
   * @param notes further remarks to show
   */
  public synchronized TopRound round(Instant at, long nowMillis, List<String> notes) {
    List<DiskLine> lines = new ArrayList<>();
    List<String> stale = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (TopHost seen : hosts.values()) {
      lines.addAll(seen.disks(nowMillis));
      if (seen.stale(nowMillis)) {
        stale.add(seen.host().value());
      }
      seen.unknownDevices(nowMillis)
          .forEach(device -> unknown.add(device + " of " + seen.host().value()));
    }
    long throttled = lines.stream().filter(line -> line.throttle() != null).count();
    String summary =
        "%d %s, %d %s, %d throttled"
            .formatted(
                hosts.size(),
                hosts.size() == 1 ? "host" : "hosts",
                lines.size(),
                lines.size() == 1 ? "disk" : "disks",
                throttled);
    return new TopRound(at, summary, lines, remarks(stale, unknown, notes));
  }

  private List<String> remarks(List<String> stale, List<String> unknown, List<String> notes) {
    List<String> remarks = new ArrayList<>(notes);
    if (hosts.isEmpty() && notes.isEmpty()) {
      remarks.add(
          "no host reports: start blkwarden-agent on the hosts, or check --prefix"
              + (only.isEmpty() ? "" : " and --host"));
    }
    if (!stale.isEmpty()) {
      remarks.add(
          "not reporting, values unknown: %s; check that blkwarden-agent runs there"
              .formatted(TopRound.names(stale)));
    }
    if (!unknown.isEmpty()) {
      remarks.add(TopRound.unknownDevices(unknown));
    }
    if (truncated) {
      remarks.add("more than %d hosts, showing only these; use --host".formatted(MAX_HOSTS));
    }
    return remarks;
  }
}
