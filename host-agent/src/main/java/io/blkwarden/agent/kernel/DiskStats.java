package io.blkwarden.agent.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The counters of all block devices from {@code /proc/diskstats}. Not thread-safe.
 *
 * <p>A line is {@code " 253 1 dm-1 14292 0 1824960 ..."}: major, minor, name, then the columns of
 * {@link DiskStat}. Devices without a medium are not listed. A malformed line is skipped. A line
 * whose bytes have not changed since the last reading is not parsed again, and its device keeps the
 * same {@link DiskStat} instance.
 */
public final class DiskStats {
  /** Path of the file. */
  public static final String PATH = "proc/diskstats";

  /** Enough for 30,000 devices. */
  private static final int BUFFER_LIMIT_BYTES = 4 * 1024 * 1024;

  private static final int MINOR_BITS = 20;

  private final Map<Long, Device> byNumber = new HashMap<>();

  /** Paths of NVMe multipath: hidden devices without a number. */
  private final Map<String, Device> paths = new HashMap<>();

  private FileBytes file = new FileBytes(BUFFER_LIMIT_BYTES);
  private FileBytes fileBefore = new FileBytes(BUFFER_LIMIT_BYTES);
  private List<Line> linesBefore = List.of();
  private long readings;

  /** A table without readings. */
  public DiskStats() {}

  private static final class Device {
    DiskStat stat;
    long reading;

    Device(DiskStat stat) {
      this.stat = stat;
    }
  }

  /** A line's position in the file; without a device when malformed. */
  private record Line(int from, int to, @Nullable Device device) {}

  /**
   * Reads the file and returns the number of valid lines; if that fails, no device has counters.
   */
  public ReadResult<Integer> read(KernelFiles files) {
    FileBytes next = fileBefore;
    fileBefore = file;
    file = next;
    readings++;
    ReadResult<FileBytes> read = files.read(PATH, file);
    if (!read.isPresent()) {
      linesBefore = List.of();
    }
    return read.map(this::scan);
  }

  /** A device's counters in the last reading; null when it was not listed. */
  public @Nullable DiskStat of(int major, int minor) {
    Device device = byNumber.get(key(major, minor));
    return device == null || device.reading != readings ? null : device.stat;
  }

  /** The counters of an NVMe multipath path in the last reading. */
  public @Nullable DiskStat ofPath(String name) {
    Device device = paths.get(name);
    return device == null || device.reading != readings ? null : device.stat;
  }

  /** Names of all NVMe multipath paths in the last reading. */
  public List<String> pathNames() {
    return paths.entrySet().stream()
        .filter(path -> path.getValue().reading == readings)
        .map(Map.Entry::getKey)
        .toList();
  }

  private int scan(FileBytes read) {
    byte[] bytes = read.array();
    byte[] before = fileBefore.array();
    List<Line> lines = new ArrayList<>(linesBefore.size());
    int valid = 0;
    int from = 0;
    while (from < read.length()) {
      int to = from;
      while (to < read.length() && bytes[to] != '\n') {
        to++;
      }
      Line old = lines.size() < linesBefore.size() ? linesBefore.get(lines.size()) : null;
      Device device = old == null ? null : old.device();
      if (old == null
          || device == null
          || !Arrays.equals(bytes, from, to, before, old.from(), old.to())) {
        device = parse(new ColumnReader(bytes, from, to)).toOptional().orElse(null);
      }
      if (device != null) {
        valid++;
        device.reading = readings;
      }
      lines.add(new Line(from, to, device));
      from = to + 1;
    }
    linesBefore = lines;
    if (byNumber.size() + paths.size() > lines.size()) {
      byNumber.values().removeIf(device -> device.reading != readings);
      paths.values().removeIf(device -> device.reading != readings);
    }
    return valid;
  }

  private ReadResult<Device> parse(ColumnReader columns) {
    if (!columns.nextNumber() || columns.number() > 4095) {
      return ReadResult.malformed("major number", "0 to 4095", columns.text());
    }
    int major = (int) columns.number();
    if (!columns.nextNumber() || columns.number() > 0xFFFFF) {
      return ReadResult.malformed("minor number", "0 to 1048575", columns.text());
    }
    int minor = (int) columns.number();
    columns.next();
    String path = columns.startsWith("nvme") ? NvmePath.nameIn(columns.text()) : null;
    return DiskStat.parseColumns(columns)
        .map(stat -> {
          Device device =
              path == null
                  ? byNumber.computeIfAbsent(key(major, minor), _ -> new Device(stat))
                  : paths.computeIfAbsent(path, _ -> new Device(stat));
          device.stat = stat;
          return device;
        });
  }

  private static Long key(int major, int minor) {
    return ((long) major << MINOR_BITS) | minor;
  }
}
