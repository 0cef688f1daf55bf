package io.blkwarden.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of one try of a {@link Property}.
 *
 * <p>Every input is made of choices, numbers from zero up, and the smaller a choice, the simpler
 * the input. So a failure is simplified by running the statement again with smaller choices. Limits
 * and other values at which programs often fail are drawn more often than chance would.
 */
public final class Given {
  /** A number that was drawn; what does not shrink is taken as it is, like a seed. */
  record Choice(long value, boolean shrinks) {}

  private static final int DEFAULT_LENGTH = 255;
  private static final int DRAWN_MAX = 40;
  private static final int SHOWN_MAX = 300;
  private static final byte[] BYTE_LIMITS = {0, -1, Byte.MIN_VALUE, Byte.MAX_VALUE};
  private static final String PRINTABLE = "abcxyz0123456789 -_.,:;/\\\"'()[]{}<>=%&*?!#@ABC";

  /** Control, combining, wide, invisible, turned and undefined characters, and halves of pairs. */
  private static final String ODD =
      "\0\n\r\t\u001b\u007f\u0085\u00a0\u00e4\u0301\u200b\u2028\u202e\u4e2d\ufeff\uffff"
          + "\ud83d\udcbe\ud800\udc00";

  private final @Nullable SplittableRandom random;
  private final List<Choice> script;
  private final List<Choice> choices = new ArrayList<>();
  private final List<String> drawn = new ArrayList<>();

  Given(SplittableRandom random) {
    this.random = random;
    this.script = List.of();
  }

  Given(List<Choice> script) {
    this.random = null;
    this.script = List.copyOf(script);
  }

  /** A number for a generator of random numbers; it is never simplified. */
  public long seed() {
    long seed = 0;
    if (random != null) {
      seed = random.nextLong();
    } else if (choices.size() < script.size()) {
      seed = script.get(choices.size()).value();
    }
    choices.add(new Choice(seed, false));
    return shown("seed", seed);
  }

  /** Any int. */
  public int integer() {
    return between(Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** An int of a range, both ends included. */
  public int between(int min, int max) {
    return shown("int", number(min, max));
  }

  /** Any byte. */
  public byte octet() {
    return shown("byte", rawByte());
  }

  /** At most as many bytes. */
  public byte[] bytes(int maxLength) {
    byte[] bytes = new byte[number(0, maxLength)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = rawByte();
    }
    shown("bytes", Arrays.toString(bytes));
    return bytes;
  }

  /** At most 255 bytes. */
  public byte[] bytes() {
    return bytes(DEFAULT_LENGTH);
  }

  /** At most 255 characters of any kind, invalid ones included. */
  public String text() {
    long alphabet = choose(4);
    int length = number(0, DEFAULT_LENGTH);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(character((int) alphabet));
    }
    return shown("text", text.toString());
  }

  /** A text of these characters, of a length between the two, both included. */
  public String text(String alphabet, int minLength, int maxLength) {
    int length = number(minLength, maxLength);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt((int) choose(alphabet.length() - 1L)));
    }
    return shown("text", text.toString());
  }

  /** One of the values. */
  public <T> T oneOf(List<T> values) {
    return shown("value", values.get((int) choose(values.size() - 1L)));
  }

  /** A list of what is drawn, of a length between the two, both included. */
  public <T> List<T> list(int minSize, int maxSize, Supplier<T> item) {
    List<T> list = new ArrayList<>();
    int expected = number(minSize, maxSize);
    while (list.size() < minSize || (list.size() < maxSize && choose(expected) > 0)) {
      list.add(item.get());
    }
    return Collections.unmodifiableList(list);
  }

  List<Choice> choices() {
    return List.copyOf(choices);
  }

  List<String> drawn() {
    return List.copyOf(drawn);
  }

  /** Whether the first list is shorter, or as long and smaller at the first difference. */
  static boolean simpler(List<Choice> first, List<Choice> second) {
    if (first.size() != second.size()) {
      return first.size() < second.size();
    }
    for (int i = 0; i < first.size(); i++) {
      if (first.get(i).value() != second.get(i).value()) {
        return first.get(i).value() < second.get(i).value();
      }
    }
    return false;
  }

  /** A number from zero to the maximum, both included. */
  private long choose(long max) {
    long value = 0;
    if (random != null) {
      value = random.nextLong(max + 1);
    } else if (choices.size() < script.size()) {
      value = Math.clamp(script.get(choices.size()).value(), 0, max);
    }
    choices.add(new Choice(value, true));
    return value;
  }

  private int number(int min, int max) {
    int origin = Math.clamp(0, min, max);
    long range = (long) max - min;
    int recorded = choices.size();
    int value =
        switch ((int) choose(7)) {
          case 6 -> from(origin, min, max, choose(Math.min(range, 20)));
          case 7 -> {
            int[] limits = {
              origin, min, max, (int) Math.min(max, min + 1L), (int) Math.max(min, max - 1L)
            };
            yield limits[(int) choose(limits.length - 1L)];
          }
          default -> from(origin, min, max, choose(range));
        };
    // However it was drawn, it is recorded as a distance, which can be made smaller.
    choices.subList(recorded, choices.size()).clear();
    choices.add(new Choice(0, true));
    choices.add(new Choice(distance(origin, max, value), true));
    return value;
  }

  /** Counts from the origin up to the maximum, then from it down to the minimum. */
  private static int from(int origin, int min, int max, long distance) {
    long above = (long) max - origin;
    long value = distance <= above ? origin + distance : origin - (distance - above);
    return Math.clamp(value, min, max);
  }

  /** The distance that {@link #from} makes this value of. */
  private static long distance(int origin, int max, int value) {
    return value >= origin ? (long) value - origin : (long) max - value;
  }

  private byte rawByte() {
    int choice = (int) choose(255 + 4 * BYTE_LIMITS.length);
    return choice <= 255 ? (byte) choice : BYTE_LIMITS[choice % BYTE_LIMITS.length];
  }

  private char character(int alphabet) {
    return switch (alphabet) {
      case 0 -> PRINTABLE.charAt((int) choose(PRINTABLE.length() - 1L));
      case 1 -> (char) choose(0x7f);
      case 2 -> (char) choose(0x2ff);
      case 3 -> (char) choose(Character.MAX_VALUE);
      default -> ODD.charAt((int) choose(ODD.length() - 1L));
    };
  }

  private <T> T shown(String what, T value) {
    if (drawn.size() < DRAWN_MAX) {
      String text = String.valueOf(value);
      String cut = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
      drawn.add(what + " " + printable(cut));
    }
    return value;
  }

  static String printable(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      escaped.append(c >= ' ' && c <= '~' ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return escaped.toString();
  }
}
