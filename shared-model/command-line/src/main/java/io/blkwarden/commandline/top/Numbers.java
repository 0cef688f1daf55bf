package io.blkwarden.commandline.top;

import java.util.Locale;

/** Short number formats; unknown values are {@code -}. */
final class Numbers {
  static final String UNKNOWN = "-";
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Numbers() {}

  static String plain(double value) {
    return text(value > 0 && value < 9.95 ? "%.1f" : "%.0f", value);
  }

  static String count(double value) {
    return text("%.0f", value);
  }

  static String millis(double value) {
    return text(value > 0 && value < 9.95 ? "%.1f ms" : "%.0f ms", value);
  }

  static String percent(double value) {
    return text("%.0f%%", value * 100);
  }

  static String bytes(double value) {
    double rest = value;
    int unit = 0;
    while (rest >= 999.5 && unit < UNITS.length - 1) {
      rest /= 1_000;
      unit++;
    }
    return text((unit > 0 && rest < 9.95 ? "%.1f " : "%.0f ") + UNITS[unit], rest);
  }

  private static String text(String form, double value) {
    return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, form, value);
  }
}
