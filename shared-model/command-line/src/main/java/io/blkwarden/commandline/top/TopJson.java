package io.blkwarden.commandline.top;

import io.blkwarden.commandline.AsciiJson;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** A refresh as a JSON object on one line; unknown values are null. */
final class TopJson {
  private TopJson() {}

  /**
   * The object.
   *
   * @param totals whether it has totals, too
   */
  static String line(TopRound round, Column sort, boolean totals, List<DiskLine> shown) {
    ObjectNode root = AsciiJson.document("blkwarden.top.v1");
    root.put("at", round.at().toString());
    root.put("sort", sort.toString());
    root.put("disks_total", round.disks().size());
    var disks = root.putArray("disks");
    for (DiskLine line : shown) {
      ObjectNode disk = disks.addObject();
      disk.put("host", line.host());
      disk.put("domain", line.domain());
      disk.put("disk", line.disk());
      disk.put("role", line.role());
      line.devices().forEach(disk.putArray("devices")::add);
      line.threads().forEach(disk.putArray("threads")::add);
      DiskLine.Load load = line.load();
      number(disk, "in_flight", load.inFlight());
      DiskLine.Io rate = load.rate();
      number(disk, "iops", rate.ios());
      number(disk, "read_iops", rate.reads());
      number(disk, "write_iops", rate.writes());
      number(disk, "bytes_per_s", rate.bytes());
      number(disk, "read_bytes_per_s", rate.readBytes());
      number(disk, "write_bytes_per_s", rate.writeBytes());
      number(disk, "await_ms", load.awaitMillis());
      number(disk, "util", load.util());
      number(disk, "device_time_share", load.share());
      number(disk, "pain_ms", load.latencyScoreMillis());
      disk.put("throttle", line.throttle());
      if (totals) {
        disk.putObject("total")
            .put("reads", Math.round(line.total().reads()))
            .put("writes", Math.round(line.total().writes()))
            .put("read_bytes", Math.round(line.total().readBytes()))
            .put("write_bytes", Math.round(line.total().writeBytes()));
      }
    }
    round.remarks().forEach(root.putArray("remarks")::add);
    return AsciiJson.text(root);
  }

  private static void number(ObjectNode disk, String name, double value) {
    if (Double.isNaN(value)) {
      disk.putNull(name);
    } else {
      disk.put(name, Math.round(value * 1_000) / 1_000.0);
    }
  }
}
