package io.blkwarden.agent.sample;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.PhysicalDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the disks of a host did between two looks, each seen among its neighbours. */
public final class HostRates {
  private final List<MappedDisk> disks;
  private final List<RowRates> ofDisks;
  private final Map<DeviceNumber, RowRates> ofDevices;

  /** Milliseconds a second that the I/Os of all known guests' disks on a device took. */
  private final Map<DeviceNumber, Double> busy = new HashMap<>();

  HostRates(List<MappedDisk> disks, List<RowRates> ofDisks, Map<DeviceNumber, RowRates> ofDevices) {
    this.disks = List.copyOf(disks);
    this.ofDisks = List.copyOf(ofDisks);
    this.ofDevices = Map.copyOf(ofDevices);
    for (int row = 0; row < disks.size(); row++) {
      double own = ofDisks.get(row).busyMillis();
      if (!Double.isNaN(own)) {
        for (PhysicalDevice device : disks.get(row).physical()) {
          busy.merge(device.device(), own, Double::sum);
        }
      }
    }
  }

  /** The disk of a row by itself. */
  public RowRates of(int row) {
    return ofDisks.get(row);
  }

  /**
   * The disk's part of the time that all guests' I/Os on its device took, 0 to 1; the highest of
   * several devices, {@link Double#NaN} when it is unknown.
   */
  public double share(int row) {
    double own = ofDisks.get(row).busyMillis();
    double highest = Double.NaN;
    for (PhysicalDevice device : disks.get(row).physical()) {
      double all = busy.getOrDefault(device.device(), 0.0);
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
