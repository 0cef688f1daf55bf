package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.BusState;
import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.agent.kernel.Uptime;
import io.blkwarden.agent.lease.CommandGate;
import io.blkwarden.agent.lease.CommandGate.CommandResult;
import io.blkwarden.agent.lease.CommandGate.ReceivedCommand;
import io.blkwarden.agent.lease.CurrentMapping;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseEnd;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.Outcomes;
import io.blkwarden.agent.lease.Tasks;
import io.blkwarden.agent.lease.ThrottledDisks;
import io.blkwarden.agent.lease.Throttler;
import io.blkwarden.agent.mapping.HostMapping;
import io.blkwarden.agent.mapping.MappingChange;
import io.blkwarden.agent.sampling.Sampler;
import io.blkwarden.commandline.log.LogKeys;
import io.blkwarden.model.DiskKey;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Printable;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.message.Heartbeat;
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

/** What an agent does with its inputs, one at a time: plain methods on one thread. */
final class AgentCore {
  /** Time between two heartbeats. */
  static final long HEARTBEAT_MILLIS = 5_000;

  /** Longest time between two snapshots. */
  static final long SNAPSHOT_MILLIS = 60_000;

  /** Least time between two snapshots for changes. */
  static final long SNAPSHOT_SPACING_MILLIS = 500;

  /** Time between two looks at the leases' ends. */
  static final long LEASE_MILLIS = 200;

  /** The same while there are none: no lease is shorter, so none that begins meanwhile is late. */
  static final long NO_LEASE_MILLIS = 1_000;

  /** Longest time between two ticks. */
  static final long TICK_MILLIS = 1_000;

  /** Time between two looks at the leases' workers. */
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
  private final CheckedGate gate;
  private final SharedLeases leases;
  private final ThrottledDiskReader sight;
  private final QueueKeeper queues;
  private final AgentHealth health = new AgentHealth();
  private final Interval sampleDue;
  private final Interval heartbeatDue = new Interval(HEARTBEAT_MILLIS);
  private final Interval orphanDue = new Interval(ORPHAN_MILLIS);
  private long revision;
  private long lastSnapshotMillis;
  private long snapshotGapMillis;
  private boolean snapshotWanted = true;
  private boolean based;
  private List<MappedDisk> basedDisks = List.of();
  private CounterBase base = new CounterBase(0, List.of(), List.of(), List.of());

  AgentCore(AgentSettings settings, AgentPorts ports, ControlBus bus, AgentInbox inbox, UUID boot) {
    this.settings = settings;
    this.ports = ports;
    this.bus = bus;
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
    this.sight = new ThrottledDiskReader(ports.files(), ports.xenStore());
    this.queues = new QueueKeeper(ports.queues(), inbox::look);
    this.gate = new CheckedGate(new BackendGate(ports.xenStore(), ports.files()));
    this.leases =
        new SharedLeases(
            new Throttler(
                boot,
                new CommandGate(settings.host(), settings.readOnly(), 0),
                gate,
                pid ->
                    TaskStat.read(ports.files(), pid)
                        .map(stat -> new Tasks.Task(stat.id(), stat.comm(), stat.isKernelThread())),
                ports.priorities(),
                ports.limits(),
                ports.store(),
                outcomes));
  }

  /** Takes over what an earlier run left. */
  void start(FoundLeases found) {
    found.faults().forEach(fault -> LOG.error("leases: {}", fault));
    health.set(
        "leases",
        found.faults().isEmpty()
            ? Optional.empty()
            : Optional.of(String.join("; ", found.faults())));
    long uptimeTicks = Uptime.read(ports.files()).map(Uptime::ticks).orElse(Long.MAX_VALUE);
    publish(leases.use(all -> all.recover(found, uptimeTicks, now())));
    publish(leases.use(Throttler::sweep));
  }

  void on(AgentInput input) {
    try {
      switch (input) {
        case AgentInput.Tick _ -> tick();
        case AgentInput.Changed _ -> {
          rescan.changed(now());
          scanIfDue();
        }
        case AgentInput.CommandCame(IncomingCommand command) -> command(command);
        case AgentInput.BusUp _ -> snapshotWanted = true;
      }
    } catch (RuntimeException e) {
      // One input that goes wrong must not end the agent, which alone can end its leases.
      health.count("core_faults");
      LOG.error("cannot handle {}", input, e);
    }
  }

  private long now() {
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
      snapshot();
      // Told as often as scans are made: see RescanPolicy.
      snapshotGapMillis = Math.min(SNAPSHOT_MILLIS, (now() - now) * (RescanPolicy.SHARE - 1));
    }
    if (sampling) {
      publish(leases.use(all -> all.endUndone(now)));
    }
    if (sampling && based) {
      sample();
    }
    if (heartbeatDue.take(now)) {
      heartbeat();
    }
  }

  /** Time until a tick finds something to do, if no other input comes. */
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

  /** Time until the leases are to be looked at again. */
  long untilNextEnd() {
    return leases.use(all -> all.table().all().isEmpty()) ? NO_LEASE_MILLIS : LEASE_MILLIS;
  }

  /**
   * Ends what is due, by its time or by a word on the host; on a thread of its own, for a scan that
   * waits for xenstore must not keep a throttle beyond its lease.
   */
  void endDue() {
    try {
      long now = now();
      publish(leases.use(all -> all.expire(now)));
      ports
          .releaseRequest()
          .filter(request -> request.stands())
          .flatMap(request ->
              leases.use(all -> HostRelease.obey(request, all, queues, now, this::publish)))
          .ifPresent(fault -> LOG.error("release-all: {}", fault));
    } catch (RuntimeException e) {
      health.count("lease_faults");
      LOG.error("cannot end the leases that are due", e);
    }
  }

  private void endStarved(long now) {
    Map<MappedDisk, ThrottledDisks.DiskProgress> seen = new HashMap<>();
    for (Lease lease : leases.use(all -> List.copyOf(all.table().all()))) {
      Optional<MappedDisk> disk = present().find(lease.disk());
      disk.ifPresent(found -> sight.read(found).ifPresent(what -> seen.put(found, what)));
    }
    publish(
        leases.use(
            all -> all.endStarved(present(), disk -> Optional.ofNullable(seen.get(disk)), now)));
  }

  private void scanIfDue() {
    long now = now();
    if (!rescan.scanDue(now) && rescan.threadsDue(now)) {
      boolean found = newThreads.any();
      rescan.threadsLooked(now(), found);
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
    logWhetherComplete();
    rescan.scanned(
        live.threadsMissing(),
        live.proofAwaited() || !live.complete(),
        live.mapping().disks().size());
    health.set("scan", live.scanFault());
    source("tracing", live.traceFault(), live.traceUnavailable());
    queues.below(live.mapping().disks());
    publish(leases.use(all -> all.setAgain(present(), now)));
    if (live.known()) {
      publish(leases.use(all -> all.examine(present())));
    }
    for (MappingChange change : changes) {
      revision++;
      bus.mapping(change.event(origin()));
      try (LogKeys keys = new LogKeys()) {
        keys.put("host", settings.host()).put(MappingChangeText.domain(change));
        LOG.info("mapping {}: {}", revision, MappingChangeText.of(change));
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

  /** Logs that the host cannot be read completely, and that it can be again; each once. */
  private void logWhetherComplete() {
    if (live.complete() == incomplete) {
      incomplete = !incomplete;
      if (incomplete) {
        LOG.warn(
            "the host cannot be read completely, and its map stays as it was: {}",
            live.scanFault().orElse("unknown"));
      } else {
        LOG.info("the host is read completely again");
      }
    }
  }

  /** Tells how a source does; one that this host can never have is logged once and no fault. */
  private void source(String name, Optional<String> fault, Optional<String> unavailable) {
    if (unavailable.isEmpty()) {
      health.set(name, fault);
    } else if (health.unavailable(name)) {
      LOG.info("{}: not available on this host: {}", name, unavailable.get());
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

  /** Hands the whole map to the bus, and says why it cannot be sent. */
  private Optional<String> askedSnapshot() {
    if (!live.known()) {
      return Optional.of("there is no map yet: " + live.scanFault().orElse("no scan was complete"));
    }
    return bus.tooLarge(snapshot());
  }

  /** Tells the whole map, which there must be. */
  private MappingSnapshot snapshot() {
    HostMapping mapping = live.mapping();
    base = sampler.rebase(mapping.disks(), mapping.physical());
    basedDisks = mapping.disks();
    MappingSnapshot whole =
        new MappingSnapshot(origin(), mapping.domains(), mapping.disks(), mapping.physical(), base);
    bus.mapping(whole);
    snapshotWanted = false;
    based = true;
    lastSnapshotMillis = now();
    return whole;
  }

  private void sample() {
    boolean serves = sampler.sample(revision, now(), wall().toEpochMilli(), frame);
    health.set("diskstats", sampler.diskFault());
    source("pressure", sampler.pressureFault(), sampler.pressureUnavailable());
    bus.sample(SampleCodec.encode(frame));
    if (!serves) {
      // Another device may have the number: look at once, and count anew.
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
        ReceivedCommand received = new ReceivedCommand(command, incoming.arrivedAtMillis());
        if (command.action() instanceof CommandAction.Set set) {
          present().find(DiskKey.of(set.domain(), set.vdev())).ifPresent(gate::ask);
        }
        CommandResult handled =
            leases.use(all -> all.handle(received, present(), this::askedSnapshot, now()));
        incoming.reply().accept(handled.reply());
        publish(handled.published());
      }
      case Decoded.Malformed<Command> bad -> {
        Outcome refused =
            outcomes.refused(null, Outcome.Refusal.MALFORMED, bad.reason() + ": " + bad.detail());
        incoming.reply().accept(refused);
        publish(List.of(refused));
      }
    }
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

  private void heartbeat() {
    inbox.health().forEach(health::set);
    health.set("queues", queues.note());
    bus.heartbeat(beat(bus.state()));
  }

  private Heartbeat beat(BusState state) {
    long now = now();
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
        health.probes(state),
        leases.use(all -> AgentHealth.held(all, now)),
        health.drops(state, inbox),
        leases.use(Throttler::limitAvailable),
        queues.shown());
  }

  /** What is known now, with the counters of disks where they are asked for. */
  AgentSnapshot reading(boolean disks) {
    BusState state = bus.state();
    List<MappedDisk> known = live.mapping().disks();
    long resolved = known.stream().filter(d -> d.state() == MappingState.RESOLVED).count();
    long unresolved = known.stream().filter(d -> d.state() == MappingState.UNRESOLVED).count();
    return new AgentSnapshot(
        beat(state),
        state.connected(),
        (int) resolved,
        (int) unresolved,
        disks && based ? DiskReadings.of(basedDisks, base, frame) : List.of());
  }

  /** What is set of devices' queues. */
  QueueKeeper queues() {
    return queues;
  }

  /** Ends all leases, for an agent that does not run cannot end them. */
  void endAll() {
    publish(leases.use(all -> all.endAll(LeaseEnd.RELEASED, "the agent stops", now())));
  }

  /** Says which leases are left: none, unless they are handed over. */
  void stop() {
    heartbeat();
  }
}
