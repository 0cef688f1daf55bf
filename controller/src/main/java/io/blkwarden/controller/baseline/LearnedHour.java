package io.blkwarden.controller.baseline;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** The values of an hour; mutable. */
final class LearnedHour {
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
