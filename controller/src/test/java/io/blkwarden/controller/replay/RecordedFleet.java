package io.blkwarden.controller.replay;

import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.subject.Subjects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Recorded messages of a simulated host, second by second. */
public final class RecordedFleet {
  /** Start, in ms since 1970. */
  public static final long WALL = 1_795_000_000_000L;

  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  public final TestHost host;
  public final int noisy;
  private final int neighbour;
  private final List<Entry> entries = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(3);
  private long millis;

  public RecordedFleet(String name) {
    host = new TestHost(name);
    noisy = host.addSwap(176);
    neighbour = host.add("vm5", 5, VolumeRole.ROOT, MappingState.RESOLVED);
    add(SUBJECTS.mapping(host.id, "snapshot"), host.snapshot());
    sample();
    beat(List.of());
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Seconds of reads on the noisy disk: a batch per second, a heartbeat every fifth. */
  public void seconds(int count, long reads) {
    for (int i = 0; i < count; i++) {
      millis += 1_000;
      host.pass(1_000);
      host.reads(noisy, reads, 2, Math.min(990, reads * 2), 4);
      host.reads(neighbour, 50, 40, 900, 2);
      sample();
      if (millis % 5_000 == 0) {
        beat(List.of());
      }
    }
  }

  private void sample() {
    put(SUBJECTS.sample(host.id), SampleCodec.encode(host.frame()));
  }

  private void beat(List<Heartbeat.HeldThrottle> held) {
    add(SUBJECTS.heartbeat(host.id), host.heartbeat(wall()).with(7, held));
  }

  /** An outcome for a lease on the noisy disk. */
  public void outcome(MessageId lease, Outcome.Result result) {
    DomainRef domain = host.disks.get(noisy).domain();
    add(
        SUBJECTS.outcome(host.id),
        new Outcome(
            MessageId.of(WALL + millis, random),
            host.id,
            host.boot,
            wall(),
            null,
            lease,
            result,
            null,
            "as the test says",
            domain,
            "xvda2",
            List.of(
                new Outcome.WorkerChange(1, 1, "w", IoPriority.UNSET, IoPriority.bestEffort(7))),
            null,
            null,
            null));
  }

  /** A heartbeat with a throttle of the noisy disk. */
  public void heartbeatWithThrottle(MessageId lease) {
    DomainRef domain = host.disks.get(noisy).domain();
    beat(
        List.of(
            new Heartbeat.HeldThrottle(
                lease, domain, "xvda2", Restraint.Priority.IDLE, 60_000, null)));
  }

  /** Recorded policies. */
  public void policies(String text) {
    entries.add(
        new Entry.Message(
            new ReceiveTime(7_000_000 + millis * 1_000, WALL + millis),
            false,
            Entry.POLICIES,
            new RecordedPolicies(List.of(new PolicyFile("p.yaml", text)), null).encode()));
  }

  private Instant wall() {
    return Instant.ofEpochMilli(WALL + millis);
  }

  private void add(String subject, ControlMessage message) {
    put(subject, ControlJson.encode(message));
  }

  private void put(String subject, byte[] payload) {
    entries.add(
        new Entry.Message(
            new ReceiveTime(7_000_000 + millis * 1_000, WALL + millis),
            false,
            subject.substring(SUBJECTS.prefix().length() + 1),
            payload));
  }

  /** A session ID. */
  public static UUID session(long number) {
    return new UUID(9, number);
  }
}
