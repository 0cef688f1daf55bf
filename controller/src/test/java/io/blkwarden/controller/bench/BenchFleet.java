package io.blkwarden.controller.bench;

import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.engine.EngineSettings;
import io.blkwarden.controller.engine.FleetEngine;
import io.blkwarden.controller.engine.Input;
import io.blkwarden.controller.engine.Moment;
import io.blkwarden.controller.fleet.TestHost;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.sample.SampleTable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * A leading engine step for many hosts of {@value #DISKS_PER_HOST} disks, with ten policies.
 *
 * <p>Maps are decoded from JSON and samples by their codec, as in production. All hosts send the
 * same counters, to create them at no cost; each host has its own tables. Seven of ten disks do
 * I/O, below all thresholds.
 */
final class BenchFleet {
  static final int DISKS_PER_HOST = 100;

  /** No host becomes stale, although seconds of the benchmark are shorter than real ones. */
  private static final int SILENT_INTERVALS = 1_000;

  private static final UUID RUN = new UUID(7, 7);
  private static final Instant BEGIN = Instant.parse("2026-11-22T18:00:00Z");
  private static final EngineSettings NORMAL = EngineSettings.DEFAULT;

  final FleetEngine step =
      new FleetEngine(
          new EngineSettings(
              NORMAL.effectWindowMillis(),
              NORMAL.settleMillis(),
              SILENT_INTERVALS,
              NORMAL.commandExpiresMillis()),
          new Random(1),
          "bench");

  final List<HostId> hosts = new ArrayList<>();
  private final Random random = new Random(2);
  private final long[][] counters = new long[SampleColumn.all().size()][DISKS_PER_HOST];
  private final SampleFrame written = new SampleFrame();
  private final SampleFrame frame = new SampleFrame();
  private long seconds;
  private long ticks;

  BenchFleet(int disks) {
    feed(new Input.PoliciesLoaded(BenchPolicies.ten()));
    feed(new Input.LeadershipGained(1));
    for (int i = 0; i < disks / DISKS_PER_HOST; i++) {
      MappingSnapshot map = map(i);
      hosts.add(map.origin().host());
      feed(new Input.MappingChanged(map));
    }
  }

  /** The map of a host, decoded from JSON. */
  static MappingSnapshot map(int number) {
    TestHost host = new TestHost("dom0-" + number);
    host.run = RUN;
    for (int i = 1; i <= DISKS_PER_HOST; i++) {
      VolumeRole role = i % 2 == 0 ? VolumeRole.SWAP : VolumeRole.ROOT;
      host.add("vm" + i, i, role, MappingState.RESOLVED);
    }
    byte[] json = ControlJson.encode(host.snapshot());
    return switch (ControlJson.decode(MappingSnapshot.class, json)) {
      case Decoded.Ok<MappingSnapshot> ok -> ok.value();
      case Decoded.Malformed<MappingSnapshot> bad -> throw new IllegalStateException(bad.detail());
    };
  }

  /** The encoded batch that every host sends in the next second. */
  byte[] nextBatch() {
    seconds++;
    written.identify(RUN, 1, 1, seconds);
    written.time(seconds * 1_000, BEGIN.toEpochMilli() + seconds * 1_000, 1_000);
    written.pressure(seconds * 10_000, seconds * 1_000);
    SampleTable table = written.disks();
    table.reset(DISKS_PER_HOST);
    for (int row = 0; row < DISKS_PER_HOST; row++) {
      table.markPresent(row);
      if (row % 10 < 7) {
        count(row);
      }
      for (SampleColumn column : SampleColumn.all()) {
        table.set(column, row, counters[column.id()][row]);
      }
    }
    SampleTable devices = written.devices();
    devices.reset(1);
    devices.markPresent(0);
    devices.set(SampleColumn.READ_IOS, 0, seconds * 500);
    devices.set(SampleColumn.READ_MS, 0, seconds * 900);
    devices.set(SampleColumn.IO_MS, 0, seconds * 400);
    return SampleCodec.encode(written);
  }

  private void count(int row) {
    long reads = random.nextInt(40);
    long writes = random.nextInt(40);
    counters[SampleColumn.READ_IOS.id()][row] += reads;
    counters[SampleColumn.READ_SECTORS.id()][row] += reads * 16;
    counters[SampleColumn.READ_MS.id()][row] += reads * 2;
    counters[SampleColumn.WRITE_IOS.id()][row] += writes;
    counters[SampleColumn.WRITE_SECTORS.id()][row] += writes * 24;
    counters[SampleColumn.WRITE_MS.id()][row] += writes * 3;
    counters[SampleColumn.IO_MS.id()][row] += reads + writes;
    counters[SampleColumn.QUEUE_MS.id()][row] += reads * 2 + writes * 3;
  }

  /** Creates the frame of the next second. */
  SampleFrame nextFrame() {
    if (SampleCodec.decode(nextBatch(), frame) instanceof Decoded.Malformed<SampleFrame> bad) {
      throw new IllegalStateException(bad.detail());
    }
    return frame;
  }

  /** Feeds one frame per host; returns the number of effects, expected to be 0. */
  int takeAll(SampleFrame ofAll) {
    int effects = 0;
    for (HostId host : hosts) {
      effects += feed(new Input.SampleBatch(host, ofAll)).size();
    }
    return effects;
  }

  /** A tick, a millisecond after the last. */
  int tick() {
    ticks++;
    return feed(new Input.Tick()).size();
  }

  Moment now() {
    long millis = 1_000 * (seconds + 1) + ticks;
    return new Moment(millis, BEGIN.plusMillis(millis));
  }

  private List<Effect> feed(Input input) {
    return step.step(input, now());
  }
}
