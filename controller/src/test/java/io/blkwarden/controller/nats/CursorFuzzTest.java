package io.blkwarden.controller.nats;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Arbitrary text as a cursor. */
final class CursorFuzzTest {
  private static final String IDENTITY = "19ad4c5b2f0";

  static Stream<byte[]> seeds() {
    return Stream.of(
            IDENTITY + ".0",
            IDENTITY + ".4711",
            IDENTITY + ".999999999999999999",
            "19ad4c5b2f1.4711",
            "..",
            "")
        .map(cursor -> cursor.getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryTextIsAValidCursorOrInvalid(byte[] bytes) {
    String cursor = new String(bytes, UTF_8);

    long position = RecordReader.position(cursor, IDENTITY);

    if (position >= 0) {
      assertThat(cursor).matches("19ad4c5b2f0\\.0*" + position + "|19ad4c5b2f0\\.0+");
      assertThat(position).isLessThan(Long.MAX_VALUE);
    } else {
      assertThat(position).isEqualTo(-1);
    }
  }
}
