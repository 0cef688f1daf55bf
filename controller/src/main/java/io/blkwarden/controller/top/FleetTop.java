package io.blkwarden.controller.top;

import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.commandline.top.UnknownDevices;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fleet's disks as their hosts tell of them; safe for use by several threads.
 *
 * <p>Takes mappings, heartbeats and samples; what cannot be read, or comes on another host's
 * subject, is left out. Knows at most {@link #MAX_HOSTS} hosts; that there are more is told. What a
 * host said of its disks' I/O is unknown once it has been silent for a while. Times are of a
 * monotonic clock in ms.
 */
public final class FleetTop {
  /** Most hosts that are known. */
  public static final int MAX_HOSTS = 65_536;

  private static final int NAMES = 3;
  private static final int HOST_OF_SAMPLE = 2;

  private final Subjects subjects;
  private final Set<HostId> only;
  private final Map<HostId, TopHost> hosts = new TreeMap<>();
  private final SampleFrame frame = new SampleFrame();
  private boolean truncated;

  /**
   * A view of nothing yet.
   *
   * @param only hosts to show; all when it is empty
   */
  public FleetTop(Subjects subjects, Set<HostId> only) {
    this.subjects = subjects;
    this.only = Set.copyOf(only);
  }

  /** Takes a message. */
  public synchronized void message(String subject, byte[] payload, long nowMillis) {
    String kind = subject.substring(Math.min(subject.length(), subjects.prefix().length() + 1));
    if (kind.startsWith("sample.")) {
      sample(subject, payload, nowMillis);
    } else if (kind.startsWith("mapping.")) {
      mapping(subject, payload, nowMillis);
    } else if (ControlJson.decode(Heartbeat.class, payload)
            instanceof Decoded.Ok<Heartbeat>(Heartbeat beat)
        && subjects.heartbeat(beat.host()).equals(subject)) {
      TopHost seen = seen(beat.host(), nowMillis);
      if (seen != null) {
        seen.heartbeat(beat, nowMillis);
      }
    }
  }

  private void mapping(String subject, byte[] payload, long nowMillis) {
    if (ControlJson.decode(MappingEvent.class, payload)
            instanceof Decoded.Ok<MappingEvent>(MappingEvent event)
        && subjects.mapping(event.origin().host(), event.event()).equals(subject)) {
      TopHost seen = seen(event.origin().host(), nowMillis);
      if (seen != null) {
        seen.mapping(event);
      }
    }
  }

  private void sample(String subject, byte[] payload, long nowMillis) {
    HostId host;
    try {
      host = subjects.hostOf(subject, HOST_OF_SAMPLE);
    } catch (IllegalArgumentException e) {
      return; // no host of ours
    }
    TopHost seen = subjects.sample(host).equals(subject) ? seen(host, nowMillis) : null;
    if (seen != null && SampleCodec.decode(payload, frame) instanceof Decoded.Ok<?>) {
      seen.sample(frame, nowMillis);
    }
  }

  private @Nullable TopHost seen(HostId host, long nowMillis) {
    if (!only.isEmpty() && !only.contains(host)) {
      return null;
    }
    TopHost known = hosts.get(host);
    if (known == null && hosts.size() >= MAX_HOSTS) {
      truncated = true;
    } else if (known == null) {
      known = new TopHost(host, nowMillis);
      hosts.put(host, known);
    }
    return known;
  }

  /**
   * What is known now.
   *
   * @param troubles what else people have to know
   */
  public synchronized TopRound round(Instant at, long nowMillis, List<String> troubles) {
    List<DiskLine> lines = new ArrayList<>();
    List<HostId> silent = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (TopHost seen : hosts.values()) {
      lines.addAll(seen.disks(nowMillis));
      if (seen.stale(nowMillis)) {
        silent.add(seen.host());
      }
      seen.unknownDevices(nowMillis)
          .forEach(device -> unknown.add(device + " of " + seen.host().value()));
    }
    long throttled = lines.stream().filter(line -> line.throttle() != null).count();
    String summary =
        "%d hosts, %d disks, %d throttled".formatted(hosts.size(), lines.size(), throttled);
    return new TopRound(at, summary, lines, remarks(silent, unknown, troubles));
  }

  private List<String> remarks(List<HostId> silent, List<String> unknown, List<String> troubles) {
    List<String> remarks = new ArrayList<>(troubles);
    if (hosts.isEmpty() && troubles.isEmpty()) {
      remarks.add(
          "no host says anything: start blkwarden-agent on the hosts, or check --prefix"
              + (only.isEmpty() ? "" : " and --host"));
    }
    if (!silent.isEmpty()) {
      String names =
          silent.stream().limit(NAMES).map(HostId::value).collect(Collectors.joining(", "));
      remarks.add(
          "silent, so with unknown numbers: %s%s; does blkwarden-agent run there?"
              .formatted(
                  names,
                  silent.size() > NAMES ? " and %d more".formatted(silent.size() - NAMES) : ""));
    }
    if (!unknown.isEmpty()) {
      remarks.add(UnknownDevices.remark(unknown));
    }
    if (truncated) {
      remarks.add("more than %d hosts: the others are not shown; use --host".formatted(MAX_HOSTS));
    }
    return remarks;
  }
}
