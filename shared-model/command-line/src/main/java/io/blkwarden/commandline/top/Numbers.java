package io.blkwarden.commandline.top;

import java.util.Locale;

/** Short number formats; unknown values are {@code -}. */
final class Numbers {
  static final String UNKNOWN = "-";
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Numbers() {}

  static String plain(double value) {
    return Double.isNaN(value) ? UNKNOWN : text(value > 0 && value < 9.95 ? "%.1f" : "%.0f", value);
  }

  static String count(double value) {
    return Double.isNaN(value) ? UNKNOWN : text("%.0f", value);
  }

  static String millis(double value) {
    return Double.isNaN(value) ? UNKNOWN : plain(value) + " ms";
  }

  static String percent(double value) {
    return Double.isNaN(value) ? UNKNOWN : text("%.0f%%", value * 100);
  }

  static String bytes(double value) {
    if (Double.isNaN(value)) {
      return UNKNOWN;
    }
    double rest = value;
    int unit = 0;
    while (rest >= 999.5 && unit < UNITS.length - 1) {
      rest /= 1_000;
      unit++;
    }
    return text(unit > 0 && rest < 9.95 ? "%.1f " : "%.0f ", rest) + UNITS[unit];
  }

  private static String text(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }
}
