package io.blkwarden.agent.sampling;

import io.blkwarden.agent.kernel.IoPressure;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.message.CounterBase;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Makes sample batches of one host: counters since the base that the last snapshot carried.
 *
 * <p>{@link #rebase} belongs to a snapshot: its rows are the snapshot's disks and devices. Not safe
 * for use by several threads.
 */
public final class Sampler {
  private final KernelFiles files;
  private final UUID run;
  private final long intervalMillis;
  private final DeviceCounters counters;
  private final DiskSources sources;
  private List<MappedDisk> diskRows = List.of();
  private List<PhysicalDevice> deviceRows = List.of();
  private CounterTable disks;
  private CounterTable devices;
  private StillDevices still = new StillDevices(List.of(), List.of(), Set.of());
  private Optional<String> pressureFault = Optional.empty();
  private Optional<String> pressureUnavailable = Optional.empty();
  private long baseId;
  private long sequence;

  /**
   * A sampler without rows.
   *
   * @param files the kernel's files
   * @param run the agent's run
   * @param intervalMillis time between two batches
   */
  public Sampler(KernelFiles files, UUID run, long intervalMillis) {
    this.files = files;
    this.counters = new DeviceCounters(files);
    this.sources = new DiskSources(files);
    this.run = run;
    this.intervalMillis = intervalMillis;
    this.disks = new CounterTable(List.of(), counters);
    this.devices = new CounterTable(List.of(), counters);
  }

  /** Reads all counters and counts from them from now on. */
  public CounterBase rebase(List<MappedDisk> ofDisks, List<PhysicalDevice> ofDevices) {
    baseId++;
    counters.read();
    boolean sameDisks = ofDisks.equals(diskRows);
    boolean sameDevices = ofDevices.equals(deviceRows);
    if (sameDisks) {
      disks.rebase(counters);
    } else {
      disks = new CounterTable(sources.of(ofDisks), counters);
      diskRows = List.copyOf(ofDisks);
    }
    if (sameDevices) {
      devices.rebase(counters);
    } else {
      List<CounterSource> ofRows =
          ofDevices.stream().<CounterSource>map(PhysicalSource::new).toList();
      devices = new CounterTable(ofRows, counters);
      deviceRows = List.copyOf(ofDevices);
    }
    if (!sameDisks || !sameDevices) {
      still = new StillDevices(ofDisks, ofDevices, still.all());
    }
    return new CounterBase(
        baseId,
        SampleColumn.all().stream().map(SampleColumn::wire).toList(),
        disks.base(),
        devices.base());
  }

  /**
   * Reads a batch.
   *
   * @param revision of the mapping
   * @param monotonicMillis host's CLOCK_MONOTONIC
   * @param wallMillis milliseconds since 1970
   * @param into the frame to fill
   * @return whether the base still serves; if not, a snapshot with a new one is due, and rows that
   *     do not fit are absent from this batch
   */
  public boolean sample(long revision, long monotonicMillis, long wallMillis, SampleFrame into) {
    into.identify(run, baseId, revision, sequence++);
    into.time(monotonicMillis, wallMillis, intervalMillis);
    ReadResult<IoPressure> pressure = IoPressure.read(files);
    boolean never = neverThere(pressure);
    pressureFault =
        pressure.isPresent() || never ? Optional.empty() : Optional.of(pressure.describe());
    pressureUnavailable = never ? Optional.of(pressure.describe()) : Optional.empty();
    into.pressure(
        pressure.map(IoPressure::someMicros).orElse(SampleFrame.UNMEASURED),
        pressure.map(IoPressure::fullMicros).orElse(SampleFrame.UNMEASURED));
    counters.read();
    disks.read(counters);
    devices.read(counters);
    still.look(disks.completed(), devices.moved());
    boolean disksServe = disks.fill(into.disks(), _ -> false);
    boolean devicesServe = devices.fill(into.devices(), still::still);
    return disksServe && devicesServe;
  }

  /** Why some disk or device is unknown; empty when all were read. */
  public Optional<String> diskFault() {
    return disks.fault().or(devices::fault);
  }

  /** A kernel without PSI has no such file, or one that cannot be opened. */
  private static boolean neverThere(ReadResult<IoPressure> pressure) {
    return pressure instanceof ReadResult.Absent
        || (pressure instanceof ReadResult.Failed<IoPressure>(String cause)
            && cause.contains("not supported"));
  }

  /** Why this kernel never tells the host's pressure; empty when it does. */
  public Optional<String> pressureUnavailable() {
    return pressureUnavailable;
  }

  /** Why the host's pressure is unknown although the kernel has it; empty when it was read. */
  public Optional<String> pressureFault() {
    return pressureFault;
  }
}
