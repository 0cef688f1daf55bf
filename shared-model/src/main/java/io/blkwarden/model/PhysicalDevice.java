package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A physical device below a volume, whose I/O scheduler orders requests.
 *
 * @param name kernel name, such as {@code sda}
 * @param device device number
 * @param scheduler active scheduler, the name in brackets in {@code queue/scheduler}; absent when
 *     unreadable
 * @param actuator whether I/O priorities are effective
 * @param rotational value of {@code queue/rotational}; absent when unreadable. RAID controllers and
 *     hypervisors may report a wrong value.
 */
public record PhysicalDevice(
    String name,
    DeviceNumber device,
    @Nullable String scheduler,
    Actuator actuator,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean rotational) {
  public PhysicalDevice {
    Require.text(name, 64, "physical.name");
    Require.optionalText(scheduler, 64, "physical.scheduler");
  }
}
