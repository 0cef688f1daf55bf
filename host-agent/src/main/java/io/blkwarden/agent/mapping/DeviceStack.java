package io.blkwarden.agent.mapping;

import io.blkwarden.agent.kernel.KernelRelease;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict;
import io.blkwarden.agent.mapping.verdict.ActuatorVerdict.Layer;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Require;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices below a block device, down to the physical devices.
 *
 * @param device topmost device
 * @param below all devices under it, including whole disks of partitions; bios of {@code device}'s
 *     threads also show there
 * @param layers kinds of the devices between {@code device} and the physical ones
 * @param physical physical devices, at most 64
 */
public record DeviceStack(
    DeviceNumber device, Set<DeviceNumber> below, Set<Layer> layers, List<Physical> physical) {
  /** Maximum number of physical devices below a volume. */
  public static final int MAX_PHYSICAL = 64;

  /**
   * A physical device.
   *
   * @param name kernel name, such as {@code sda}
   * @param device its number
   * @param scheduler active I/O scheduler; absent when it could not be read
   * @param rotational whether it is rotational; absent when that could not be read
   * @param hardware whether it is hardware rather than a virtual device
   */
  public record Physical(
      String name,
      DeviceNumber device,
      @Nullable String scheduler,
      @Nullable Boolean rotational,
      boolean hardware) {
    public Physical {
      Require.text(name, 64, "physical.name");
      Require.optionalText(scheduler, 64, "physical.scheduler");
    }

    /** The device as published, with the verdict for the layers above it. */
    public PhysicalDevice below(Set<Layer> layers, @Nullable KernelRelease kernel) {
      Set<Layer> all = EnumSet.noneOf(Layer.class);
      all.addAll(layers);
      if (!hardware) {
        all.add(Layer.VIRTUAL);
      }
      return new PhysicalDevice(
          name,
          device,
          scheduler,
          ActuatorVerdict.of(scheduler, kernel, all).actuator(),
          rotational);
    }
  }

  public DeviceStack {
    below = Set.copyOf(below);
    layers = Set.copyOf(layers);
    physical = Require.list(physical, MAX_PHYSICAL, "stack.physical");
  }
}
