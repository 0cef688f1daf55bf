package io.blkwarden.controller.baseline;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The values of one class in the last 24 hours, by the hour; mutable. */
final class LearnedDay {
  private static final long HOUR_MILLIS = 3_600_000;
  private static final int HOURS = 24;

  private final DiskClass of;
  private final Deque<LearnedHour> hours = new ArrayDeque<>();
  private @Nullable LearnedHour all;
  private int disks;
  private int round;

  LearnedDay(DiskClass of) {
    this.of = of;
  }

  /** Takes over the baseline of an earlier controller as values of this hour. */
  void load(DiskBaseline baseline, long nowMillis) throws IOException {
    hours.addFirst(LearnedHour.of(baseline, nowMillis));
    disks = Math.max(disks, baseline.disks());
    all = null;
  }

  void add(double value, long nowMillis) {
    LearnedHour last = hours.peekLast();
    if (last == null || nowMillis - last.sinceMillis >= HOUR_MILLIS) {
      last = LearnedHour.empty(nowMillis);
      hours.addLast(last);
    }
    last.add(value);
    round++;
  }

  /** Ends a round, in which each disk is added once. */
  void endRound(long nowMillis) {
    hours.removeIf(each -> nowMillis - each.sinceMillis >= HOURS * HOUR_MILLIS);
    disks = round;
    round = 0;
    all = null;
  }

  private LearnedHour all() {
    LearnedHour sum = all;
    if (sum == null) {
      sum = LearnedHour.empty(0);
      for (LearnedHour each : hours) {
        sum.merge(each);
      }
      all = sum;
    }
    return sum;
  }

  int disks() {
    return disks;
  }

  double count() {
    return all().count;
  }

  double quantile(double part) {
    return all().sketch.getValueAtQuantile(part);
  }

  DiskBaseline baseline(Instant at) {
    LearnedHour sum = all();
    return new DiskBaseline(of, disks, sum.count, sum.sum, sum.sumOfSquares, at, sum.encoded());
  }

  /** The values of an hour; mutable. */
  static final class LearnedHour {
    private static final double ACCURACY = 0.01;
    private static final int BINS = 1_024;

    final long sinceMillis;
    final DDSketch sketch;
    double count;
    double sum;
    double sumOfSquares;

    private LearnedHour(long sinceMillis, DDSketch sketch) {
      this.sinceMillis = sinceMillis;
      this.sketch = sketch;
    }

    static LearnedHour empty(long sinceMillis) {
      return new LearnedHour(
          sinceMillis, DDSketches.logarithmicCollapsingLowestDense(ACCURACY, BINS));
    }

    /**
     * The values of a baseline.
     *
     * @throws IOException if its sketch is invalid
     */
    static LearnedHour of(DiskBaseline baseline, long sinceMillis) throws IOException {
      DDSketch sketch;
      try {
        sketch =
            DDSketch.decode(
                ByteArrayInput.wrap(Base64.getDecoder().decode(baseline.sketch())),
                () -> new CollapsingLowestDenseStore(BINS));
      } catch (IllegalArgumentException | IllegalStateException e) {
        throw new IOException(e.toString(), e);
      }
      LearnedHour known = empty(sinceMillis);
      try {
        known.sketch.mergeWith(sketch);
      } catch (IllegalArgumentException e) {
        throw new IOException("a sketch of another accuracy", e);
      }
      known.count = baseline.count();
      known.sum = baseline.sum();
      known.sumOfSquares = baseline.sumOfSquares();
      return known;
    }

    void add(double value) {
      count++;
      sum += value;
      sumOfSquares += value * value;
      sketch.accept(value);
    }

    void merge(LearnedHour other) {
      count += other.count;
      sum += other.sum;
      sumOfSquares += other.sumOfSquares;
      sketch.mergeWith(other.sketch);
    }

    String encoded() {
      GrowingByteArrayOutput out = GrowingByteArrayOutput.withDefaultInitialCapacity();
      try {
        sketch.encode(out, false);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // it writes to memory
      }
      return Base64.getEncoder().encodeToString(out.trimmedCopy());
    }
  }
}
