package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A device at the bottom of a volume's stack, where the I/O scheduler that counts is.
 *
 * @param name kernel name, such as {@code sda}
 * @param device its number
 * @param scheduler the active scheduler, the name in brackets in {@code queue/scheduler}; absent
 *     when it could not be read
 * @param actuator whether I/O priorities have an effect there
 * @param rotational whether it turns, as {@code queue/rotational} has it; absent when that could
 *     not be read. A controller of a RAID or a hypervisor says what it likes.
 */
public record PhysicalDevice(
    String name,
    DeviceNumber device,
    @Nullable String scheduler,
    Actuator actuator,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean rotational) {
  public PhysicalDevice {
    Require.text(name, 64, "physical.name");
    Require.present(device, "physical.device");
    Require.optionalText(scheduler, 64, "physical.scheduler");
    Require.present(actuator, "physical.actuator");
  }

  /** A device of which nobody said whether it turns. */
  public PhysicalDevice(
      String name, DeviceNumber device, @Nullable String scheduler, Actuator actuator) {
    this(name, device, scheduler, actuator, null);
  }
}
