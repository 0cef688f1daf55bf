package io.blkwarden.model.subject;

import io.blkwarden.model.HostId;
import java.nio.charset.StandardCharsets;

/**
 * Encodes a host name as a token of a NATS subject.
 *
 * <p>Each UTF-8 byte outside {@code A-Z a-z 0-9 _ -} is written {@code %XX} with capital
 * hexadecimal digits, so that names cannot change a subject's structure.
 */
public final class HostToken {
  private HostToken() {}

  /** Encodes a host name. */
  public static String encode(HostId host) {
    return encode(host.value());
  }

  /** Encodes any text, such as a policy's name. */
  public static String encode(String text) {
    StringBuilder token = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (plain(b)) {
        token.append((char) b);
      } else {
        token.append('%').append("%02X".formatted(b));
      }
    }
    return token.toString();
  }

  /**
   * A host's key in a KV bucket, such as {@code blkwarden-mapping}: the token with {@code =}
   * instead of {@code %}, which NATS does not allow in keys.
   */
  public static String key(HostId host) {
    return encode(host).replace('%', '=');
  }

  /**
   * Decodes a token.
   *
   * @throws IllegalArgumentException if the token is not a result of {@link #encode}
   */
  public static HostId decode(String token) {
    byte[] bytes = new byte[token.length()];
    int length = 0;
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == '%' && i + 2 < token.length()) {
        bytes[length++] = (byte) Integer.parseInt(token.substring(i + 1, i + 3), 16);
        i += 2;
      } else if (c < 0x80 && plain((byte) c)) {
        bytes[length++] = (byte) c;
      } else {
        throw new IllegalArgumentException(
            "host token: expected A-Z a-z 0-9 _ - or %%XX at %d, found '%s'".formatted(i, token));
      }
    }
    HostId host = new HostId(new String(bytes, 0, length, StandardCharsets.UTF_8));
    if (!encode(host).equals(token)) {
      throw new IllegalArgumentException("host token: expected the canonical form of " + host);
    }
    return host;
  }

  private static boolean plain(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '-';
  }
}
