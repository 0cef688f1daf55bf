package io.blkwarden.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The random inputs of one try of a {@link Property}.
 *
 * <p>Limits and other values at which programs often fail are generated more often than the rest.
 */
public final class Given {
  private static final int DEFAULT_LENGTH = 255;
  private static final int DRAWN_MAX = 40;
  private static final int SHOWN_MAX = 300;
  private static final byte[] BYTE_LIMITS = {0, -1, Byte.MIN_VALUE, Byte.MAX_VALUE};
  private static final String PRINTABLE = "abcxyz0123456789 -_.,:;/\\\"'()[]{}<>=%&*?!#@ABC";

  /** Control, combining, wide, invisible, turned and undefined characters, and halves of pairs. */
  private static final String ODD =
      "\0\n\r\t\u001b\u007f\u0085\u00a0\u00e4\u0301\u200b\u2028\u202e\u4e2d\ufeff\uffff"
          + "\ud83d\udcbe\ud800\udc00";

  private final SplittableRandom random;
  private final List<String> drawn = new ArrayList<>();

  Given(SplittableRandom random) {
    this.random = random;
  }

  /** A seed of a random number generator. */
  public long seed() {
    return shown("seed", random.nextLong());
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
    int alphabet = random.nextInt(5);
    return text(0, DEFAULT_LENGTH, () -> character(alphabet));
  }

  /** A text of these characters, of a length between the two, both included. */
  public String text(String alphabet, int minLength, int maxLength) {
    return text(minLength, maxLength, () -> oneOf(alphabet));
  }

  private String text(int minLength, int maxLength, Supplier<Character> character) {
    StringBuilder text = new StringBuilder();
    for (int left = number(minLength, maxLength); left > 0; left--) {
      text.append((char) character.get());
    }
    return shown("text", text.toString());
  }

  /** One of the values. */
  public <T> T oneOf(List<T> values) {
    return shown("value", values.get(random.nextInt(values.size())));
  }

  private char oneOf(String characters) {
    return characters.charAt(random.nextInt(characters.length()));
  }

  /** A list of what is drawn, of a length between the two, both included. */
  public <T> List<T> list(int minSize, int maxSize, Supplier<T> item) {
    return Stream.generate(item).limit(number(minSize, maxSize)).toList();
  }

  List<String> drawn() {
    return List.copyOf(drawn);
  }

  private int number(int min, int max) {
    int origin = Math.clamp(0, min, max);
    return (int)
        switch (random.nextInt(8)) {
          case 0 -> random.nextLong(Math.max(min, origin - 20L), Math.min(max, origin + 20L) + 1);
          case 1 -> {
            long[] limits = {origin, min, max, Math.min(max, min + 1L), Math.max(min, max - 1L)};
            yield limits[random.nextInt(limits.length)];
          }
          default -> random.nextLong(min, max + 1L);
        };
  }

  private byte rawByte() {
    int choice = random.nextInt(256 + 4 * BYTE_LIMITS.length);
    return choice <= 255 ? (byte) choice : BYTE_LIMITS[choice % BYTE_LIMITS.length];
  }

  private char character(int alphabet) {
    return switch (alphabet) {
      case 0 -> oneOf(PRINTABLE);
      case 1 -> (char) random.nextInt(0x80);
      case 2 -> (char) random.nextInt(0x300);
      case 3 -> (char) random.nextInt(Character.MAX_VALUE + 1);
      default -> oneOf(ODD);
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
