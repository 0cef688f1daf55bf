package io.blkwarden.controller.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses and prints sizes such as {@code 256MiB}, {@code 4GiB} or {@code 500MB}. */
final class SizeText implements ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([MGT])(i?)B");

  @Override
  public Long convert(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new TypeConversionException(
          "expected a size such as 256MiB or 4GiB, found '%s'".formatted(text));
    }
    int power = 2 + "MGT".indexOf(m.group(2));
    long unit = (long) Math.pow(m.group(3).isEmpty() ? 1_000 : 1_024, power);
    return Long.parseLong(m.group(1)) * unit;
  }

  /** Prints bytes in the largest fitting unit, such as {@code 12.3 MiB}. */
  static String print(long bytes) {
    if (bytes < 1 << 20) {
      return "%.1f KiB".formatted(bytes / 1024.0);
    }
    return bytes < 1 << 30
        ? "%.1f MiB".formatted(bytes / (double) (1 << 20))
        : "%.2f GiB".formatted(bytes / (double) (1 << 30));
  }
}
