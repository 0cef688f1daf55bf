package io.blkwarden.agent.kernel;

/**
 * I/O pressure (PSI) of the host, cumulative since boot.
 *
 * <p>Source: {@code /proc/pressure/io} (4.20 and later, if PSI is built in and enabled; absent
 * otherwise):
 *
 * <pre>
 * some avg10=0.00 avg60=0.01 avg300=0.00 total=220276
 * full avg10=0.00 avg60=0.00 avg300=0.00 total=170753
 * </pre>
 *
 * @param someMicros time in which at least one task was stalled on I/O
 * @param fullMicros time in which all non-idle tasks were stalled on I/O
 */
public record IoPressure(long someMicros, long fullMicros) {
  /** Path of the file. */
  public static final String PATH = "proc/pressure/io";

  /** Reads the file. */
  public static ReadResult<IoPressure> read(KernelFiles files) {
    return files.parse(PATH, IoPressure::parse);
  }

  /** Parses the file's text. */
  public static ReadResult<IoPressure> parse(String text) {
    return ColumnReader.numberIn(text, "some ", "total=")
        .flatMap(some ->
            ColumnReader.numberIn(text, "full ", "total=").map(full -> new IoPressure(some, full)));
  }
}
