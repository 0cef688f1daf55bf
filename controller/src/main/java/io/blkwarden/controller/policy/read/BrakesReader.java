package io.blkwarden.controller.policy.read;

import io.blkwarden.controller.policy.Brakes;
import java.util.Optional;

/** Reads {@code brakes:}; what is left out is as in {@link Brakes#DEFAULT}. */
final class BrakesReader {
  private static final String PART = "a part of the hosts such as 5%";
  private static final String NUMBER = "a number of disks, 0 to 4096";

  private BrakesReader() {}

  static Brakes read(Section section) {
    Brakes brakes =
        new Brakes(
            number(section, "disks_per_host", Brakes.DEFAULT.disksPerHost()),
            number(section, "disks_per_domain", Brakes.DEFAULT.disksPerDomain()),
            part(section, "hosts_throttled", Brakes.DEFAULT.hostsThrottled()),
            part(section, "stop_if_hosts_anomalous", Brakes.DEFAULT.stopIfHostsAnomalous()));
    section.close();
    return brakes;
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
