package io.blkwarden.controller.cli;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: {@code 256MiB}, {@code 4GiB}, {@code 500MB}. */
final class SizeText implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})(MiB|GiB|TiB|MB|GB|TB)");
  private static final Map<String, Long> UNITS =
      Map.of(
          "MiB",
          1L << 20,
          "GiB",
          1L << 30,
          "TiB",
          1L << 40,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "TB",
          1_000_000_000_000L);

  @Override
  public Long convert(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new TypeConversionException(
          "expected a size such as 256MiB or 4GiB, found '%s'".formatted(text));
    }
    return Long.parseLong(m.group(1)) * UNITS.getOrDefault(m.group(2), 1L);
  }

  /** Bytes in their largest unit, such as {@code 12.3 MiB}. */
  static String print(long bytes) {
    if (bytes < 1 << 20) {
      return "%.1f KiB".formatted(bytes / 1024.0);
    }
    return bytes < 1 << 30
        ? "%.1f MiB".formatted(bytes / (double) (1 << 20))
        : "%.2f GiB".formatted(bytes / (double) (1 << 30));
  }
}
