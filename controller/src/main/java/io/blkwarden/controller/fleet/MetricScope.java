package io.blkwarden.controller.fleet;

/** What a metric is a metric of. */
public enum MetricScope {
  /** A guest's disk. */
  DISK("disks"),
  /** A physical device. */
  DEVICE("devices"),
  /** A guest. */
  DOMAIN("domains"),
  /** A dom0. */
  HOST("hosts");

  private final String plural;

  MetricScope(String plural) {
    this.plural = plural;
  }

  /** Several of them, for people. */
  public String plural() {
    return plural;
  }

  static MetricScope of(String id) {
    int dot = id.indexOf('.');
    return switch (dot < 0 ? "" : id.substring(0, dot)) {
      case "device" -> DEVICE;
      case "swap", "domain" -> DOMAIN;
      case "host" -> HOST;
      default -> DISK;
    };
  }
}
