package io.blkwarden.controller.replay;

import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader;
import io.blkwarden.controller.replay.ReplayReport.Count;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.HostToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs the controller's engine on a recording.
 *
 * <p>Deterministic: time comes from the recording, IDs from a fixed seed. The engine gets the
 * recorded maps, samples and heartbeats, and {@link SimulatedAgents} carry out its commands.
 * Recorded commands and operator requests only serve for comparison. Recorded counters do not react
 * to replayed throttles.
 */
public final class Replay implements SimulatedAgents.Effects {
  /** Maximum number of refusals listed. */
  public static final int REFUSALS_MAX = 10_000;

  /** The epoch of the replay's leadership. */
  private static final long EPOCH = 1;

  private static final long SEED = 0x626b77617264L;
  private static final long TICK_MILLIS = 1_000;

  /** A longer time without entries is a gap, for which there are no ticks. */
  private static final long GAP_MILLIS = 60_000;

  private final long fromMillis;
  private final long toMillis;
  private final FleetEngine engine;
  private final SimulatedAgents agents;
  private final SampleFrame frame = new SampleFrame();
  private final ThrottledPeriods replayed;
  private final RecordedActions recorded;
  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private final boolean policiesGiven;
  private final List<Decision> refusals = new ArrayList<>();
  private final Map<String, HostId> hosts = new HashMap<>();
  private @Nullable FileHeader session;
  private long offsetMillis;
  private Moment now = new Moment(0, Instant.EPOCH);
  private boolean started;
  private boolean finished;
  private long nextTick;
  private long firstMillis = -1;
  private long lastMillis;
  private final Set<MessageId> open = new HashSet<>();
  private @Nullable RecordedPolicies lastPolicies;

  /**
   * A replay.
   *
   * @param policies the policies; absent for those of the recording
   * @param fromMillis start of the replay window, by the recorder's wall clock in ms since 1970
   * @param toMillis end of the replay window
   */
  public Replay(
      @Nullable PolicySet policies, EngineSettings settings, long fromMillis, long toMillis) {
    this.fromMillis = fromMillis;
    this.toMillis = toMillis;
    this.replayed = new ThrottledPeriods(fromMillis);
    this.recorded = new RecordedActions(fromMillis);
    SplittableRandom random = new SplittableRandom(SEED);
    this.agents = new SimulatedAgents(random.split());
    this.engine = new FleetEngine(settings, random.split(), "replay");
    this.policiesGiven = policies != null;
    if (policies != null) {
      feed(new Input.PoliciesLoaded(policies));
    }
  }

  /** Processes the next entry of a recording. */
  public void take(FileHeader file, Entry entry) {
    long wall = entry.at().wallMillis();
    if (finished || wall > toMillis) {
      finished = true;
      return;
    }
    moveTo(file, entry);
    if (!started && wall >= fromMillis) {
      started = true;
      firstMillis = wall;
      feed(new Input.LeadershipGained(EPOCH));
    }
    lastMillis = wall;
    switch (entry) {
      case Entry.Message message -> take(message, wall);
      case Entry.Loss loss -> {
        count(Count.SAMPLES_MISSING, loss.samples());
        count(Count.OTHERS_MISSING, loss.control());
        count(Count.INTERRUPTIONS, loss.disconnected() ? 1 : 0);
      }
    }
  }

  /** Advances the clock to an entry's time, with ticks. */
  private void moveTo(FileHeader file, Entry entry) {
    long recorded = entry.at().monotonicMicros() / 1_000;
    FileHeader before = session;
    if (before == null || !before.session().equals(file.session())) {
      // monotonic clocks of two sessions are unrelated
      long passed =
          before == null ? 0 : Math.max(0, entry.at().wallMillis() - now.wall().toEpochMilli());
      offsetMillis = now.monotonicMillis() + passed - recorded;
      nextTick = before == null ? 0 : nextTick;
    }
    session = file;
    long target = Math.max(now.monotonicMillis(), recorded + offsetMillis);
    long wall = entry.at().wallMillis();
    if (target - now.monotonicMillis() > GAP_MILLIS) {
      nextTick = Math.max(nextTick, target - GAP_MILLIS);
    }
    while (nextTick <= target) {
      now = new Moment(nextTick, Instant.ofEpochMilli(wall - (target - nextTick)));
      agents.tick(engine, now, this);
      nextTick += TICK_MILLIS;
    }
    now = new Moment(target, Instant.ofEpochMilli(wall));
  }

  private void take(Entry.Message message, long wall) {
    String subject = message.subject();
    if (message.sample()) {
      sample(subject, message.payload());
      return;
    }
    count(Count.OTHERS, 1);
    if (subject.equals(Entry.POLICIES)) {
      policies(message);
      return;
    }
    switch (ControlJson.decode(ControlMessage.class, message.payload())) {
      case Decoded.Malformed<ControlMessage> _ -> count(Count.UNREADABLE, 1);
      case Decoded.Ok<ControlMessage>(ControlMessage decoded) -> {
        recorded.take(decoded, wall);
        switch (decoded) {
          case MappingEvent event -> feed(new Input.MappingChanged(event));
          case Heartbeat heartbeat ->
              feed(new Input.HeartbeatReceived(agents.heartbeat(heartbeat, EPOCH, now)));
          default -> {}
        }
      }
    }
  }

  private void policies(Entry.Message message) {
    Optional<RecordedPolicies> recorded = RecordedPolicies.decode(message.payload());
    if (recorded.isEmpty()) {
      count(Count.UNREADABLE, 1);
    } else if (!recorded.get().equals(lastPolicies)) {
      lastPolicies = recorded.get();
      count(Count.POLICY_VERSIONS, 1);
      if (!policiesGiven) {
        feed(new Input.PoliciesLoaded(lastPolicies.policies()));
      }
    }
  }

  private void sample(String subject, byte[] payload) {
    HostId host = hosts.get(subject);
    if (host == null) {
      try {
        host = HostToken.decode(subject.substring(subject.lastIndexOf('.') + 1));
      } catch (IllegalArgumentException e) {
        count(Count.UNREADABLE, 1);
        return;
      }
      hosts.put(subject, host);
    }
    switch (SampleCodec.decode(payload, frame)) {
      case Decoded.Ok<SampleFrame> ok -> {
        count(Count.SAMPLES, 1);
        feed(new Input.SampleBatch(host, ok.value()));
      }
      case Decoded.Malformed<SampleFrame> _ -> count(Count.UNREADABLE, 1);
    }
  }

  private void count(Count what, long number) {
    counts.merge(what, number, Long::sum);
  }

  private void feed(Input input) {
    agents.feed(engine, input, now, this);
  }

  @Override
  public void expired(MessageId lease) {
    replayed.end(lease, now.wall().toEpochMilli(), "lease expired");
  }

  @Override
  public void command(Command command) {
    count(Count.COMMANDS, 1);
    long wall = now.wall().toEpochMilli();
    switch (command.action()) {
      case CommandAction.Set set -> {
        replayed.start(set.lease(), command.host(), set.domain(), set.vdev(), "auto", wall);
        replayed.set(set.lease(), set.restraint().toString());
      }
      case CommandAction.Reset reset -> replayed.end(reset.lease(), wall, command.reason());
      case CommandAction.ReleaseAll _, CommandAction.Snapshot _ -> {}
    }
  }

  @Override
  public void alert(Alert alert) {
    if (alert.state() == Alert.State.RESOLVED) {
      replayed.end(alert.id(), now.wall().toEpochMilli(), "alert resolved");
      open.remove(alert.id());
    } else if (alert.state() != Alert.State.UNKNOWN && open.add(alert.id())) {
      count(Count.ALERTS, 1);
    }
  }

  @Override
  public void decision(Decision decision) {
    long wall = now.wall().toEpochMilli();
    switch (decision.verdict()) {
      case ACT -> {
        if (decision.throttle() != null) {
          replayed.cause(decision.throttle(), decision.policy(), decision.reason());
        }
      }
      case SHADOW -> {
        if (decision.alert() != null && decision.domain() != null && decision.vdev() != null) {
          replayed.start(
              decision.alert(),
              decision.host(),
              decision.domain(),
              decision.vdev(),
              "shadow",
              wall);
          replayed.set(decision.alert(), decision.reason());
          replayed.cause(decision.alert(), decision.policy(), decision.reason());
        }
      }
      case REFUSE -> {
        if (refusals.size() < REFUSALS_MAX) {
          refusals.add(decision);
        } else {
          count(Count.MORE_REFUSALS, 1);
        }
      }
      default -> {}
    }
  }

  /** The time of the last entry, by the recorder's wall clock in ms since 1970. */
  public long reachedMillis() {
    return lastMillis;
  }

  /** Whether the end of the replay window is reached. */
  public boolean finished() {
    return finished;
  }

  /** Ends the replay; active throttles last to its end. */
  public ReplayReport finish() {
    List<ThrottledPeriod> all = replayed.finish(lastMillis);
    count(Count.OMITTED, replayed.omitted());
    count(Count.RECORDED_COMMANDS, recorded.commands());
    return new ReplayReport(
        started ? firstMillis : lastMillis,
        lastMillis,
        counts,
        all,
        recorded.finish(lastMillis),
        refusals,
        policiesGiven);
  }
}
