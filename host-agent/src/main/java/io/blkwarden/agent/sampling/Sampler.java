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
 * Creates the sample batches of one host: counters relative to the last snapshot's base.
 *
 * <p>{@link #rebase} belongs to a snapshot: its rows are the snapshot's disks and devices. Not
 * thread-safe.
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
  private StuckDevices stuck = new StuckDevices(List.of(), List.of(), Set.of());
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

  /** Reads all counters as the new base. */
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
      stuck = new StuckDevices(ofDisks, ofDevices, stuck.all());
    }
    return SampleColumn.base(baseId, disks.base(), devices.base());
  }

  /**
   * Reads a batch of samples.
   *
   * @param revision revision of the mapping
   * @param monotonicMillis host's CLOCK_MONOTONIC
   * @param wallMillis milliseconds since 1970
   * @param into the frame to fill
   * @return whether the base is valid; if not, a snapshot with a new base is due, and rows that do
   *     not match are absent from this batch
   */
  public boolean sample(long revision, long monotonicMillis, long wallMillis, SampleFrame into) {
    into.identify(run, baseId, revision, sequence++);
    into.time(monotonicMillis, wallMillis, intervalMillis);
    ReadResult<IoPressure> pressure = IoPressure.read(files);
    boolean unsupported = isUnsupported(pressure);
    pressureFault =
        pressure.isPresent() || unsupported ? Optional.empty() : Optional.of(pressure.describe());
    pressureUnavailable = unsupported ? Optional.of(pressure.describe()) : Optional.empty();
    into.pressure(
        pressure.map(IoPressure::someMicros).orElse(SampleFrame.UNMEASURED),
        pressure.map(IoPressure::fullMicros).orElse(SampleFrame.UNMEASURED));
    counters.read();
    disks.read(counters);
    devices.read(counters);
    stuck.update(disks.completed(), devices.moved());
    boolean disksValid = disks.fill(into.disks(), _ -> false);
    boolean devicesValid = devices.fill(into.devices(), stuck::isStuck);
    return disksValid && devicesValid;
  }

  /** Why a disk or device is unknown; empty when all were read. */
  public Optional<String> diskFault() {
    return disks.fault().or(devices::fault);
  }

  /** Kernels without PSI lack the file or refuse to open it. */
  private static boolean isUnsupported(ReadResult<IoPressure> pressure) {
    return pressure instanceof ReadResult.Absent
        || (pressure instanceof ReadResult.Failed<IoPressure>(String cause)
            && cause.contains("not supported"));
  }

  /** Why this kernel has no I/O pressure; empty when it has. */
  public Optional<String> pressureUnavailable() {
    return pressureUnavailable;
  }

  /** Why I/O pressure could not be read although the kernel has it; empty when it was read. */
  public Optional<String> pressureFault() {
    return pressureFault;
  }
}
