package io.blkwarden.agent.xenstore;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/** Arbitrary bytes from xenstored: messages, incomplete messages or protocol errors. */
final class XenMessageFuzzTest {
  static Stream<byte[]> seeds() {
    String[] paths = Captured.text("xenstore-watch.txt").lines().limit(16).toArray(String[]::new);
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    for (String path : paths) {
      XenMessage.ofStrings(XenOp.WATCH_EVENT, 0, path, "t").orElseThrow().encode(events);
    }
    ByteArrayOutputStream replies = new ByteArrayOutputStream();
    XenMessage.ofStrings(XenOp.DIRECTORY, 1, paths).orElseThrow().encode(replies);
    XenMessage.ofStrings(XenOp.ERROR, 2, "ENOENT").orElseThrow().encode(replies);
    new XenMessage(XenOp.READ, 3, new byte[] {'4'}).encode(replies);
    return Stream.of(events.toByteArray(), replies.toByteArray());
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryBytesAreMessagesOrBroken(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int start = 0;
    XenMessage message = decoded(buffer);
    while (message != null) {
      int end = buffer.position();
      assertThat(end).isGreaterThanOrEqualTo(start + XenMessage.HEADER_BYTES);
      assertThat(message.payload())
          .isEqualTo(Arrays.copyOfRange(bytes, start + XenMessage.HEADER_BYTES, end));
      assertThat(message.errorName()).matches("[!-~]{1,64}|an unnamed error");
      assertThat(message.value("v").describe()).isNotNull();
      assertThat(message.strings("s").describe()).isNotNull();
      start = end;
      message = decoded(buffer);
    }
    assertThat(buffer.position()).isEqualTo(start);
  }

  private static @Nullable XenMessage decoded(ByteBuffer bytes) {
    try {
      return XenMessage.decode(bytes);
    } catch (ProtocolException broken) {
      return null;
    }
  }
}
