package io.blkwarden.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.blkwarden.model.message.ControlMessage;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes control messages: an error with an offset, or a message that can be encoded. */
final class ControlJsonFuzzTest {
  static Stream<byte[]> seeds() {
    return Golden.names().map(name -> Golden.message(name).getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryBytesNeverThrow(byte[] bytes) {
    switch (ControlJson.decode(ControlMessage.class, bytes)) {
      case Decoded.Ok<ControlMessage> message ->
          assertThat(ControlJson.decode(ControlMessage.class, ControlJson.encode(message.value())))
              .isEqualTo(message);
      case Decoded.Malformed<ControlMessage> fault -> {
        assertThat(fault.offset()).isBetween(0L, (long) bytes.length);
        assertThat(fault.detail()).isNotBlank();
      }
    }
  }
}
