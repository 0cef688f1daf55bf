package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.AgentHealth;
import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.ProcFiles;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.lease.CommandGate;
import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.CurrentMapping;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.agent.lease.StarvationGuard.DiskProgress;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.agent.mapping.MappingChange;
import io.blkwarden.agent.sampling.Sampler;
import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingOrigin;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of an agent and its handlers, which run on one thread, one input at a time. Without
 * {@link AgentRuntime} the caller supplies every input, as in a deterministic simulation.
 */
public final class AgentCore {
  /** Interval of heartbeats. */
  static final long HEARTBEAT_MILLIS = 5_000;

  /** Longest time between two map snapshots. */
  static final long SNAPSHOT_MILLIS = 60_000;

  /** Shortest time between two map snapshots. */
  static final long SNAPSHOT_SPACING_MILLIS = 500;

  /** Interval of lease expiry checks. */
  static final long LEASE_MILLIS = 200;

  /** The same without leases; no lease is shorter, so none expires late. */
  static final long NO_LEASE_MILLIS = 1_000;

  /** Longest time between two ticks. */
  static final long TICK_MILLIS = 1_000;

  /** Interval of checks that the workers of leases still exist. */
  static final long ORPHAN_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(AgentCore.class);

  private final AgentSettings settings;
  private final AgentPorts ports;
  private final ControlBus bus;
  private final AgentInbox inbox;
  private final UUID boot;
  private final UUID run;
  private final String kernel;
  private final long startedMillis;
  private final LiveMapping live;
  private final ThreadScan newThreads;
  private final RescanPolicy rescan = new RescanPolicy();
  private boolean incomplete;
  private final Sampler sampler;
  private final SampleFrame frame = new SampleFrame();
  private final Outcomes outcomes;
  private final BackendGate gate;
  private final SharedLeases leases;
  private final ThrottledDiskReader diskReader;
  private final QueueKeeper queues;
  private final AgentHealth health;
  private final Interval sampleDue;
  private final Interval heartbeatDue = new Interval(HEARTBEAT_MILLIS);
  private final Interval orphanDue = new Interval(ORPHAN_MILLIS);
  private long revision;
  private long lastSnapshotMillis;
  private long snapshotGapMillis;
  private boolean snapshotWanted = true;
  private boolean hasBase;
  private List<MappedDisk> baseDisks = List.of();
  private CounterBase base = new CounterBase(0, List.of(), List.of(), List.of());

  /**
   * Creates the core.
   *
   * @param bus receives what it publishes
   */
  public AgentCore(
      AgentSettings settings, AgentPorts ports, ControlBus bus, AgentInbox inbox, UUID boot) {
    this.settings = settings;
    this.ports = ports;
    this.bus = bus;
    this.health = bus.health();
    this.inbox = inbox;
    this.boot = boot;
    this.run = new UUID(ports.random().nextLong(), ports.random().nextLong());
    this.kernel = KernelRelease.read(ports.files()).map(KernelRelease::text).orElse("unknown");
    this.startedMillis = ports.monotonicMillis().getAsLong();
    this.live = new LiveMapping(ports.scan(), ports.tracing(), settings.roles());
    this.newThreads = new ThreadScan(ports.files());
    this.sampler = new Sampler(ports.files(), run, settings.interval().toMillis());
    this.sampleDue = new Interval(settings.interval().toMillis());
    this.outcomes = new Outcomes(settings.host(), boot, ports.wall(), ports.random());
    this.diskReader = new ThrottledDiskReader(ports.files(), ports.xenStore());
    this.queues = new QueueKeeper(ports.queues(), inbox::requestScan);
    this.gate = new BackendGate(ports.xenStore(), ports.files());
    this.leases =
        new SharedLeases(
            new Throttler(
                boot,
                new CommandGate(settings.host(), settings.readOnly(), 0),
                gate,
                pid -> TaskStat.read(ports.files(), pid),
                ports.priorities(),
                ports.limits(),
                ports.store(),
                outcomes));
  }

  /** Takes over the leases of an earlier run; call this first. */
  public void start(FoundLeases found) {
    found.faults().forEach(fault -> LOG.error("leases: {}", fault));
    String faults = String.join("; ", found.faults());
    health.set("leases", Optional.of(faults).filter(text -> !text.isEmpty()));
    long uptimeTicks = ProcFiles.uptimeTicks(ports.files()).orElse(Long.MAX_VALUE);
    publish(leases.use(all -> all.recover(found, uptimeTicks, now())));
    publish(leases.use(Throttler::sweep));
  }

  /** Handles an input; a command is answered before this returns. */
  public void on(AgentInput input) {
    try {
      switch (input) {
        case AgentInput.Tick _ -> tick();
        case AgentInput.Changed _ -> {
          rescan.changed(now());
          scanIfDue();
        }
        case AgentInput.CommandReceived(IncomingCommand command) -> command(command);
        case AgentInput.Connected _ -> snapshotWanted = true;
      }
    } catch (RuntimeException e) {
      // a failing input must not stop the agent: nothing else ends its leases
      health.drop("core_faults");
      LOG.error("input failed: {}", input, e);
    }
  }

  HostId host() {
    return settings.host();
  }

  /** CLOCK_MONOTONIC in ms. */
  long now() {
    return ports.monotonicMillis().getAsLong();
  }

  private void tick() {
    long now = now();
    if (inbox.takeMissedChange()) {
      rescan.changed(now);
      snapshotWanted = true;
    }
    scanIfDue();
    if (orphanDue.take(now)) {
      publish(leases.use(all -> all.endOrphans(present(), now)));
      endStarved(now);
      health.set("lease-file", leases.use(Throttler::storeFault));
    }
    boolean sampling = sampleDue.take(now);
    long sinceSnapshot = now - lastSnapshotMillis;
    if (live.known()
        && (sinceSnapshot >= SNAPSHOT_MILLIS
            || (snapshotWanted
                && (sampling || sinceSnapshot >= SNAPSHOT_SPACING_MILLIS)
                && sinceSnapshot >= snapshotGapMillis))) {
      publishSnapshot();
      // limits the cost as for scans: see RescanPolicy
      snapshotGapMillis = Math.min(SNAPSHOT_MILLIS, (now() - now) * (RescanPolicy.SHARE - 1));
    }
    if (sampling) {
      publish(leases.use(all -> all.endUndone(now)));
    }
    if (sampling && hasBase) {
      sample();
    }
    if (heartbeatDue.take(now)) {
      heartbeat();
    }
  }

  /** Time until the next tick is due. */
  long untilNextTick() {
    long now = now();
    long left = Math.min(TICK_MILLIS, rescan.left(now));
    for (Interval due : List.of(orphanDue, sampleDue, heartbeatDue)) {
      left = Math.min(left, due.left(now));
    }
    if (live.known()) {
      long spacing =
          snapshotWanted ? Math.max(SNAPSHOT_SPACING_MILLIS, snapshotGapMillis) : SNAPSHOT_MILLIS;
      left = Math.min(left, spacing - (now - lastSnapshotMillis));
    }
    return Math.max(0, left);
  }

  /** Time until the next lease expiry check. */
  long untilNextExpiry() {
    return leases.use(all -> all.table().all().isEmpty()) ? NO_LEASE_MILLIS : LEASE_MILLIS;
  }

  /**
   * Ends leases that expired or that release-all requests to end. It runs on its own thread,
   * because a scan that waits for xenstore must not extend a lease.
   */
  public void endDueLeases() {
    try {
      long now = now();
      publish(leases.use(all -> all.expire(now)));
      ports
          .releaseRequest()
          .filter(request -> request.isPending())
          .flatMap(request -> leases.releaseAll(request, queues, now, this::publish))
          .ifPresent(fault -> LOG.error("release-all failed: {}", fault));
    } catch (RuntimeException e) {
      health.drop("lease_faults");
      LOG.error("lease expiry check failed", e);
    }
  }

  private void endStarved(long now) {
    Map<MessageId, DiskProgress> readings = new HashMap<>();
    for (Lease lease : leases.use(all -> List.copyOf(all.table().all()))) {
      present()
          .find(lease.disk())
          .flatMap(diskReader::read)
          .ifPresent(reading -> readings.put(lease.id(), reading));
    }
    publish(
        leases.use(
            all -> all.endStarved(lease -> Optional.ofNullable(readings.get(lease.id())), now)));
  }

  private void scanIfDue() {
    long now = now();
    if (!rescan.scanDue(now) && rescan.threadsDue(now)) {
      boolean found = newThreads.foundNew();
      rescan.threadsPolled(now(), found);
    }
    if (rescan.scanDue(now)) {
      scan(now);
    }
  }

  private void scan(long now) {
    inbox.takeChange();
    rescan.scanning(now);
    boolean first = !live.known();
    List<MappingChange> changes = live.rescan();
    logCompleteness();
    rescan.scanned(
        live.threadsMissing(),
        live.proofAwaited() || !live.complete(),
        live.mapping().disks().size());
    health.set("scan", live.scanFault());
    source("tracing", live.traceFault(), live.traceUnavailable());
    queues.setDevices(live.mapping().disks());
    publish(leases.use(all -> all.setAgain(present(), now)));
    if (live.known()) {
      publish(leases.use(all -> all.examine(present())));
    }
    for (MappingChange change : changes) {
      revision++;
      MappingEvent event = change.event(origin());
      bus.mapping(event);
      try (LogKeys keys = new LogKeys()) {
        keys.put("host", settings.host()).put(MappingChangeText.domain(event));
        LOG.info("mapping {}: {}", revision, MappingChangeText.of(event));
      }
    }
    if (first && live.known()) {
      revision++;
      MappingChangeText.ofFirst(live.mapping()).forEach(LOG::info);
    }
    if (!changes.isEmpty()) {
      snapshotWanted = true;
      publish(leases.use(all -> all.endOrphans(present(), now)));
    }
    rescan.worked(now());
  }

  /** Logs when scans become incomplete, and when they are complete again. */
  private void logCompleteness() {
    if (live.complete() == incomplete) {
      incomplete = !incomplete;
      if (incomplete) {
        LOG.warn(
            "scan incomplete, keeping the previous map: {}", live.scanFault().orElse("unknown"));
      } else {
        LOG.info("scan complete again");
      }
    }
  }

  /** Sets the health of a source; one that this host does not have is logged once, not a fault. */
  private void source(String name, Optional<String> fault, Optional<String> unavailable) {
    if (unavailable.isEmpty()) {
      health.set(name, fault);
    } else if (health.unavailable(name)) {
      LOG.info("{} is not available on this host: {}", name, unavailable.get());
    }
  }

  private MappingOrigin origin() {
    return new MappingOrigin(settings.host(), boot, run, revision, wall());
  }

  private Instant wall() {
    return ports.wall().instant();
  }

  private CurrentMapping present() {
    return new CurrentMapping(
        boot, new CommandAction.Revision(run, revision), live.mapping().disks());
  }

  /** Publishes a requested map snapshot; returns why it cannot be sent, if so. */
  private Optional<String> requestedSnapshot() {
    if (!live.known()) {
      return Optional.of("no map yet: " + live.scanFault().orElse("no complete scan"));
    }
    return bus.tooLarge(publishSnapshot());
  }

  /** Publishes the map, with a new base for samples. */
  private MappingSnapshot publishSnapshot() {
    HostMapping mapping = live.mapping();
    base = sampler.rebase(mapping.disks(), mapping.physical());
    baseDisks = mapping.disks();
    MappingSnapshot snapshot =
        new MappingSnapshot(origin(), mapping.domains(), mapping.disks(), mapping.physical(), base);
    bus.mapping(snapshot);
    snapshotWanted = false;
    hasBase = true;
    lastSnapshotMillis = now();
    return snapshot;
  }

  private void sample() {
    boolean valid = sampler.sample(revision, now(), wall().toEpochMilli(), frame);
    health.set("diskstats", sampler.diskFault());
    source("pressure", sampler.pressureFault(), sampler.pressureUnavailable());
    bus.sample(SampleCodec.encode(frame));
    if (!valid) {
      // another device may have the number: scan at once, and publish a new base
      rescan.changed(now());
      snapshotWanted = true;
    }
  }

  private void command(IncomingCommand incoming) {
    switch (incoming.command()) {
      case Decoded.Ok<Command>(Command command) -> {
        if (command.action() instanceof CommandAction.Set && rescan.outdated()) {
          scan(now());
        }
        ReceivedCommand received =
            new ReceivedCommand(command, incoming.arrivedAtMillis(), incoming.local());
        if (command.action() instanceof CommandAction.Set set) {
          present().find(DiskKey.of(set.domain(), set.vdev())).ifPresent(gate::check);
        }
        CommandResult handled =
            leases.use(all -> all.handle(received, present(), this::requestedSnapshot, now()));
        incoming.reply().accept(handled.reply());
        publish(handled.published());
      }
      case Decoded.Malformed<Command> bad -> {
        Outcome refused =
            refused(bad, Outcome.Refusal.MALFORMED, bad.reason() + ": " + bad.detail());
        incoming.reply().accept(refused);
        publish(List.of(refused));
      }
    }
  }

  /** The outcome of a command that cannot be queued; does not block. */
  Outcome refused(Decoded<Command> command, Outcome.Refusal why, String detail) {
    MessageId id = command instanceof Decoded.Ok<Command>(Command known) ? known.id() : null;
    return outcomes.refused(id, why, detail);
  }

  private void publish(List<Outcome> published) {
    for (Outcome outcome : published) {
      bus.outcome(outcome);
      try (LogKeys keys = new LogKeys()) {
        keys.put("host", outcome.host()).put(outcome.domain()).put("disk", outcome.vdev());
        keys.put("command", outcome.command()).put("lease", outcome.lease());
        LOG.info(
            "{} {} {}: {}",
            outcome.result().wire(),
            outcome.lease() == null ? "-" : outcome.lease(),
            outcome.vdev() == null ? "-" : Printable.of(outcome.vdev()),
            Printable.of(outcome.detail()));
      }
    }
  }

  /** Publishes a heartbeat; the last one has no leases unless they are handed over. */
  void heartbeat() {
    inbox.health().forEach(health::set);
    health.set("queues", queues.note());
    bus.heartbeat(beat());
  }

  private Heartbeat beat() {
    long now = now();
    Map<String, Long> drops = health.drops();
    drops.put("changes_conflated", inbox.conflated());
    drops.put("commands_refused", inbox.refused());
    return new Heartbeat(
        settings.host(),
        boot,
        run,
        wall(),
        settings.version(),
        now - startedMillis,
        revision,
        leases.use(Throttler::epoch),
        leases.use(Throttler::acting),
        kernel,
        settings.interval().toMillis(),
        live.mapping().physical(),
        health.probes(),
        leases.held(now),
        drops,
        leases.use(Throttler::limitAvailable),
        CommandAction.Set.MAX_LEASE_MS,
        queues.forHeartbeat());
  }

  /** The current state, with counters of disks if requested. */
  AgentSnapshot snapshot(boolean disks) {
    List<MappedDisk> mapped = live.mapping().disks();
    long resolved = mapped.stream().filter(d -> d.state() == MappingState.RESOLVED).count();
    long unresolved = mapped.stream().filter(d -> d.state() == MappingState.UNRESOLVED).count();
    return new AgentSnapshot(
        beat(),
        health.connected(),
        (int) resolved,
        (int) unresolved,
        disks && hasBase ? AgentSnapshot.DiskReading.of(baseDisks, base, frame) : List.of());
  }

  /** The queue settings. */
  QueueKeeper queues() {
    return queues;
  }

  /** Ends all leases: a stopped agent cannot end them. */
  void endAll() {
    publish(leases.use(all -> all.endAll(LeaseEnd.RELEASED, "agent stopped", now())));
  }
}
