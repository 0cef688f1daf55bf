package io.blkwarden.agent.sampling;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the disks of a host did between two readings, each seen among its neighbours. */
public final class HostRates {
  /** Part of a device's I/Os that may be without a known time when shares are told. */
  static final double UNTIMED_MAX = 0.1;

  private final List<MappedDisk> disks;
  private final List<RowRates> ofDisks;
  private final Map<DeviceNumber, RowRates> ofDevices;
  private final List<String> still;

  /** Milliseconds a second that the I/Os of all known guests' disks on a device took. */
  private final Map<DeviceNumber, Double> busy = new HashMap<>();

  /** I/Os a second of all known disks on a device, and of those whose time is unknown. */
  private final Map<DeviceNumber, Double> ios = new HashMap<>();

  private final Map<DeviceNumber, Double> untimed = new HashMap<>();

  HostRates(
      List<MappedDisk> disks,
      List<RowRates> ofDisks,
      Map<DeviceNumber, RowRates> ofDevices,
      List<String> still) {
    this.still = List.copyOf(still);
    this.disks = List.copyOf(disks);
    this.ofDisks = List.copyOf(ofDisks);
    this.ofDevices = Map.copyOf(ofDevices);
    for (int row = 0; row < disks.size(); row++) {
      double own = ofDisks.get(row).busyMillis();
      double iops = ofDisks.get(row).iops();
      for (PhysicalDevice device : disks.get(row).physical()) {
        if (!Double.isNaN(iops)) {
          ios.merge(device.device(), iops, Double::sum);
          (Double.isNaN(own) ? untimed : busy)
              .merge(device.device(), Double.isNaN(own) ? iops : own, Double::sum);
        }
      }
    }
  }

  /** Names of the devices whose counters stand still while disks on them do I/O. */
  public List<String> unknownDevices() {
    return still;
  }

  /** The disk of a row by itself. */
  public RowRates of(int row) {
    return ofDisks.get(row);
  }

  /**
   * The disk's part of the time that all guests' I/Os on its device took, 0 to 1; the highest of
   * several devices, {@link Double#NaN} when it is unknown: when its own time is, or that of disks
   * with more than {@link #UNTIMED_MAX} of the I/Os.
   */
  public double share(int row) {
    double own = ofDisks.get(row).busyMillis();
    double highest = Double.NaN;
    for (PhysicalDevice device : disks.get(row).physical()) {
      double all = busy.getOrDefault(device.device(), 0.0);
      double others = untimed.getOrDefault(device.device(), 0.0);
      if (others > UNTIMED_MAX * ios.getOrDefault(device.device(), 0.0)) {
        return Double.NaN;
      }
      double share = all > 0 ? own / all : 0;
      highest = highest >= share ? highest : share;
    }
    return Double.isNaN(own) ? Double.NaN : highest;
  }

  /**
   * Utilisation times mean wait of its device in ms, where that is worst; {@link Double#NaN} when
   * it is unknown.
   */
  public double devicePainMillis(int row) {
    double worst = Double.NaN;
    for (PhysicalDevice device : disks.get(row).physical()) {
      RowRates rates = Objects.requireNonNull(ofDevices.get(device.device()));
      double pain = rates.util() * rates.awaitMillis();
      worst = worst >= pain || Double.isNaN(pain) ? worst : pain;
    }
    return worst;
  }
}
