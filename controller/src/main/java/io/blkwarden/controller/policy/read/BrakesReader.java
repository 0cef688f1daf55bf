package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.SafetyLimits;
import java.util.Optional;

/** Reads {@code brakes:}; what is left out is as in {@link SafetyLimits#DEFAULT}. */
final class BrakesReader {
  private static final String PART = "a part of the hosts such as 5%";
  private static final String NUMBER = "a number of disks, 0 to 4096";

  private BrakesReader() {}

  static SafetyLimits read(Section section) {
    SafetyLimits safetyLimits =
        new SafetyLimits(
            number(section, "disks_per_host", SafetyLimits.DEFAULT.disksPerHost()),
            number(section, "disks_per_domain", SafetyLimits.DEFAULT.disksPerDomain()),
            part(section, "hosts_throttled", SafetyLimits.DEFAULT.hostsThrottled()),
            part(section, "stop_if_hosts_anomalous", SafetyLimits.DEFAULT.stopIfHostsAnomalous()));
    section.close();
    return safetyLimits;
  }

  private static int number(Section section, String key, int otherwise) {
    return section
        .value(
            key,
            NUMBER,
            text ->
                text.matches("\\d{1,4}") && Integer.parseInt(text) <= 4096
                    ? Optional.of(Integer.parseInt(text))
                    : Optional.empty())
        .orElse(otherwise);
  }

  private static double part(Section section, String key, double otherwise) {
    return section.value(key, PART, Units::share).orElse(otherwise);
  }
}
