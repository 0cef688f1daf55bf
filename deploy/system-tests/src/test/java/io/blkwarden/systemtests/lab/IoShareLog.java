package io.blkwarden.systemtests.lab;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A log in dom0 of the sectors read and written by two block devices, one line per second.
 *
 * <p>Written by a shell from the kernel's counters, without starting processes and without code of
 * the agent.
 */
final class IoShareLog {
  private static final String FILE = "/run/io-share";

  private final Lab lab;

  private IoShareLog(Lab lab) {
    this.lab = lab;
  }

  /** Starts logging a device and its competitor, with kernel names such as {@code dm-1}. */
  static IoShareLog start(Lab lab, String device, String competitor) {
    lab.sh(
        """
        rm -f %1$s.*; mkfifo %1$s.never
        cat >%1$s.sh <<'END'
        echo $$ >%1$s.pid
        while :; do
          read -r -a d </sys/block/%2$s/stat; read -r -a c </sys/block/%3$s/stat
          echo "${EPOCHREALTIME/./} $((d[2] + d[6])) $((c[2] + c[6]))"
          read -r -t 1 <>%1$s.never
        done >%1$s.log
        END
        setsid bash %1$s.sh </dev/null >/dev/null 2>&1 &
        """
            .formatted(FILE, device, competitor));
    return new IoShareLog(lab);
  }

  /**
   * The device's share of both devices' sectors, 0 to 1: the median of the seconds between two
   * times of dom0.
   *
   * <p>Not the sum: while a competitor pauses for a second, the idle class correctly gets the whole
   * disk.
   */
  double share(Instant from, Instant to) {
    List<long[]> rows =
        readings().filter(row -> row[0] >= micros(from) && row[0] <= micros(to)).toList();
    double[] shares =
        IntStream.range(1, rows.size())
            .mapToObj(i -> moved(rows.get(i - 1), rows.get(i)))
            .filter(moved -> moved[0] + moved[1] > 0)
            .mapToDouble(moved -> moved[0] / (moved[0] + moved[1]))
            .sorted()
            .toArray();
    if (shares.length < 3) {
      throw new AssertionError(
          "expected 3 seconds with I/O from %s to %s, found %s".formatted(from, to, this));
    }
    return shares[shares.length / 2];
  }

  /** The log, for failure messages: sectors of both devices since the previous line. */
  @Override
  public String toString() {
    List<long[]> rows = readings().toList();
    return IntStream.range(1, rows.size())
        .mapToObj(i -> rows.get(i)[0] / 1_000 + ":" + describe(moved(rows.get(i - 1), rows.get(i))))
        .collect(Collectors.joining(" "));
  }

  private static String describe(double[] moved) {
    return "%.0f+%.0f".formatted(moved[0], moved[1]);
  }

  private static double[] moved(long[] before, long[] after) {
    return new double[] {after[1] - before[1], after[2] - before[2]};
  }

  private Stream<long[]> readings() {
    return lab.sh("cat " + FILE + ".log")
        .lines()
        .map(line -> Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray());
  }

  /** Stops logging. */
  void stop() {
    lab.sh("kill $(cat " + FILE + ".pid); rm -f " + FILE + ".*");
  }

  private static long micros(Instant at) {
    return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
  }
}
