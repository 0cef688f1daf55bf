package io.blkwarden.controller.spec;

import com.datadoghq.sketch.ddsketch.DDSketch;
import com.datadoghq.sketch.ddsketch.DDSketches;
import com.datadoghq.sketch.ddsketch.encoding.ByteArrayInput;
import com.datadoghq.sketch.ddsketch.encoding.GrowingByteArrayOutput;
import com.datadoghq.sketch.ddsketch.store.CollapsingLowestDenseStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;

/** What was learned in an hour; mutable. */
final class Generation {
  private static final double ACCURACY = 0.01;
  private static final int BINS = 1_024;

  final long sinceMillis;
  final DDSketch sketch;
  double count;
  double sum;
  double sumOfSquares;

  private Generation(long sinceMillis, DDSketch sketch) {
    this.sinceMillis = sinceMillis;
    this.sketch = sketch;
  }

  static Generation empty(long sinceMillis) {
    return new Generation(sinceMillis, DDSketches.logarithmicCollapsingLowestDense(ACCURACY, BINS));
  }

  /**
   * What a spec holds, as one generation.
   *
   * @throws IOException if its sketch is not one
   */
  static Generation of(FleetSpec spec, long sinceMillis) throws IOException {
    DDSketch sketch;
    try {
      sketch =
          DDSketch.decode(
              ByteArrayInput.wrap(Base64.getDecoder().decode(spec.sketch())),
              () -> new CollapsingLowestDenseStore(BINS));
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException(e.toString(), e);
    }
    Generation known = empty(sinceMillis);
    try {
      known.sketch.mergeWith(sketch);
    } catch (IllegalArgumentException e) {
      throw new IOException("a sketch of another accuracy", e);
    }
    known.count = spec.count();
    known.sum = spec.sum();
    known.sumOfSquares = spec.sumOfSquares();
    return known;
  }

  void add(double value) {
    count++;
    sum += value;
    sumOfSquares += value * value;
    sketch.accept(value);
  }

  void merge(Generation other) {
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
