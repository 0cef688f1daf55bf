package io.blkwarden.controller.bench;

import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.controller.recording.files.RecordingFolder;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes a recording of a simulated fleet, to measure {@code blkwarden replay}: samples every
 * second, and the map of each host every minute. All values are below the thresholds of the
 * benchmarks' policies.
 */
public final class MakeRecording {
  private static final long WALL = 1_795_000_000_000L;
  private static final int SNAPSHOT_SECONDS = 60;
  private static final RecordingFolder.Limits LIMITS =
      new RecordingFolder.Limits(64 << 20, 1L << 40);

  private MakeRecording() {}

  /** Arguments: an empty directory, number of disks, number of seconds. */
  public static void main(String[] args) throws IOException {
    BenchFleet fleet = new BenchFleet(Integer.parseInt(args[1]));
    List<byte[]> maps = new ArrayList<>();
    for (int number = 0; number < fleet.hosts.size(); number++) {
      MappingSnapshot map = BenchFleet.map(number);
      maps.add(ControlJson.encode(map));
    }
    UUID session = new UUID(0, 1);
    try (RecordingFolder folder =
        new RecordingFolder(Path.of(args[0]), LIMITS, session, Subjects.DEFAULT.prefix())) {
      for (int second = 0; second < Integer.parseInt(args[2]); second++) {
        byte[] batch = fleet.nextBatch();
        for (int number = 0; number < maps.size(); number++) {
          HostId host = fleet.hosts.get(number);
          ReceiveTime at = at(second, number, maps.size());
          if (second % SNAPSHOT_SECONDS == number % SNAPSHOT_SECONDS || second == 0) {
            folder.add(entry(at, Subjects.DEFAULT.mapping(host, "snapshot"), maps.get(number)));
          }
          folder.add(entry(at, Subjects.DEFAULT.sample(host), batch));
        }
      }
    }
  }

  private static ReceiveTime at(int second, int number, int hosts) {
    long micros = 1_000_000L * second + 1_000_000L * number / hosts;
    return new ReceiveTime(micros, WALL + micros / 1_000);
  }

  private static Entry entry(ReceiveTime at, String subject, byte[] payload) {
    return new Entry.Message(
        at, false, subject.substring(Subjects.DEFAULT.prefix().length() + 1), payload);
  }
}
