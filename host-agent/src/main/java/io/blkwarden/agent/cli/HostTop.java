package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.sampling.HostRates;
import io.blkwarden.agent.sampling.LiveRates;
import io.blkwarden.agent.sampling.RowRates;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The data of {@code top} for one host; reading it changes nothing and traces nothing. */
final class HostTop implements Supplier<TopRound> {
  private final HostId host;
  private final HostSources sources;
  private final LeaseFile leases;
  private final InstantSource clock;
  private final LongSupplier millis;
  private final HostScanner scanner;
  private final MappingResolver resolver;
  private final LiveRates rates;
  private Evidence evidence = Evidence.none();
  private final Map<DiskKey, DiskLine.Io> totals = new HashMap<>();
  private long lastMillis;
  private boolean complete;

  /**
   * Creates the source of rounds.
   *
   * @param millis CLOCK_MONOTONIC in ms, the clock of leases
   */
  HostTop(
      HostId host,
      HostSources sources,
      RolePatterns roles,
      LeaseFile leases,
      InstantSource clock,
      LongSupplier millis) {
    this.host = host;
    this.sources = sources;
    this.leases = leases;
    this.clock = clock;
    this.millis = millis;
    this.scanner = new HostScanner(sources.files(), sources.store(), sources.priorities());
    this.resolver = new MappingResolver(roles);
    this.rates = new LiveRates(sources.files());
  }

  /** Whether the last scan read all essential sources. */
  boolean complete() {
    return complete;
  }

  @Override
  public TopRound get() {
    HostSnapshot snapshot = scanner.scan(sources.tracing()::drain);
    Resolution resolution = resolver.resolve(snapshot, evidence);
    evidence = resolution.next();
    complete = snapshot.complete();
    List<MappedDisk> disks = resolution.disks();
    long now = millis.getAsLong();
    HostRates done = rates.update(disks, now);
    List<String> remarks = new ArrayList<>();
    if (complete && disks.isEmpty()) {
      remarks.add("no guest disks on this host");
    }
    snapshot.unread().stream()
        .filter(UnreadSource::essential)
        .limit(1)
        .forEach(unread -> remarks.add("incomplete: " + unread.reason()));
    List<String> unknown = done.unknownDevices();
    if (!unknown.isEmpty()) {
      remarks.add(TopRound.unknownDevices(unknown));
    }
    Map<DiskKey, String> throttled = throttled(remarks, now);
    List<DiskLine> lines = new ArrayList<>(disks.size());
    for (int row = 0; row < disks.size(); row++) {
      DiskKey key = disks.get(row).key();
      DiskLine.Load load = load(done, row);
      DiskLine.Io.add(totals, key, load.rate(), now - lastMillis);
      DiskLine.Io total = totals.getOrDefault(key, DiskLine.Io.NONE);
      lines.add(DiskLine.of(host, disks.get(row), load, total, throttled.get(key)));
    }
    lastMillis = now;
    totals.keySet().retainAll(disks.stream().map(MappedDisk::key).toList());
    String summary =
        "%s: %d disks, %d throttled".formatted(host.value(), disks.size(), throttled.size());
    return new TopRound(clock.instant(), summary, lines, remarks);
  }

  private static DiskLine.Load load(HostRates done, int row) {
    RowRates own = done.of(row);
    double share = done.share(row);
    return new DiskLine.Load(
        new DiskLine.Io(own.readIops(), own.writeIops(), own.readBytes(), own.writeBytes()),
        own.inFlight(),
        own.awaitMillis(),
        own.util(),
        share,
        share * done.deviceScoreMillis(row));
  }

  /** Active throttles by disk; leases of another boot are void. */
  private Map<DiskKey, String> throttled(List<String> remarks, long now) {
    Map<DiskKey, String> throttled = new HashMap<>();
    FoundLeases found = leases.peek();
    found.faults().forEach(fault -> remarks.add("throttles may be incomplete: " + fault));
    found
        .stored()
        .filter(
            stored -> ProcFiles.bootId(sources.files()).map(stored.boot()::equals).orElse(false))
        .ifPresent(stored ->
            stored
                .leases()
                .forEach(lease ->
                    throttled.put(
                        lease.disk(),
                        DiskLine.throttle(lease.restraint(), lease.remainingMillis(now)))));
    return throttled;
  }
}
