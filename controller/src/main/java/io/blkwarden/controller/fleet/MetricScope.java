package io.blkwarden.controller.fleet;

/** The kind of thing that a metric measures. */
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

  /** The plural in words. */
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
