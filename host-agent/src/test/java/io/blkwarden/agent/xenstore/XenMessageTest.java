package io.blkwarden.agent.xenstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.testing.Property;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class XenMessageTest {
  @Test
  void encodesRequests() {
    ByteBuffer frame =
        FakeXenstored.sent(XenMessage.ofStrings(XenOp.READ, 7, "/local/domain/0/name"));

    ByteBuffer expected =
        ByteBuffer.allocate(16 + 21)
            .order(ByteOrder.nativeOrder())
            .putInt(2)
            .putInt(7)
            .putInt(0)
            .putInt(21)
            .put("/local/domain/0/name\0".getBytes(StandardCharsets.US_ASCII))
            .flip();
    assertThat(frame).isEqualTo(expected);
  }

  @Test
  void decodesOneMessageAtATime() {
    ByteBuffer two =
        ByteBuffer.allocate(256)
            .put(
                FakeXenstored.sent(
                    XenMessage.ofStrings(XenOp.WATCH_EVENT, 0, "@releaseDomain", "t")))
            .put(frame(2, 5, 1, "4"))
            .flip();

    assertThat(complete(two).strings("event"))
        .isEqualTo(ReadResult.present(List.of("@releaseDomain", "t")));
    XenMessage second = complete(two);
    assertThat(second.requestId()).isEqualTo(5);
    assertThat(second.value("/a")).isEqualTo(ReadResult.present("4"));
    assertThat(two.hasRemaining()).isFalse();
  }

  @Test
  void incompleteMessageNeedsMoreBytes() {
    ByteBuffer whole = frame(2, 5, 1, "4");
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer part = whole.duplicate().limit(length);
      assertThat(decoded(part)).isNull();
      assertThat(part.position()).isZero();
    }
  }

  @Test
  void refusesInvalidLengthsAndTypes() {
    assertThatThrownBy(() -> XenMessage.decode(frame(2, 5, 4097, "")))
        .hasMessage("expected a payload of 0 to 4096 bytes, found 4097");
    assertThatThrownBy(() -> XenMessage.decode(frame(2, 5, -1, "")))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> XenMessage.decode(frame(20, 5, 0, "")))
        .hasMessage("expected a message type, found 20");
    assertThat(XenMessage.ofStrings(XenOp.READ, 1, "/" + "x".repeat(4095))).isEmpty();
    assertThat(XenMessage.ofStrings(XenOp.READ, 1, "/a\0/b")).isEmpty();
  }

  @Test
  void escapesErrorNames() {
    assertThat(complete(frame(16, 1, 7, "ENOENT\0")).errorName()).isEqualTo("ENOENT");
    assertThat(complete(frame(16, 1, 6, "EACCES")).errorName()).isEqualTo("EACCES");
    assertThat(complete(frame(16, 1, 0, "")).errorName()).isEqualTo("an unnamed error");
    assertThat(complete(frame(16, 1, 3, "\u001b[2")).errorName()).isEqualTo("?[2");
  }

  @Test
  void splitsNames() {
    assertThat(complete(frame(1, 1, 4, "1\0" + "2\0")).strings("/d"))
        .isEqualTo(ReadResult.present(List.of("1", "2")));
    assertThat(complete(frame(1, 1, 0, "")).strings("/d")).isEqualTo(ReadResult.present(List.of()));
  }

  @Test
  void arbitraryBytesAreMessagesOrBroken() {
    Property.check(
        1_000,
        given -> {
          byte[] bytes = given.bytes();
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          XenMessage message = decoded(buffer);
          if (message != null) {
            assertThat(message.errorName()).isNotEmpty();
            assertThat(message.value("v")).isNotNull();
            assertThat(message.strings("s")).isNotNull();
          }
        });
  }

  @Test
  void neverThrowsBehindAValidHeader() {
    Property.check(
        1_000,
        given -> {
          int requestId = given.integer();
          byte[] payload = given.bytes(4096);
          ByteBuffer buffer =
              FakeXenstored.sent(Optional.of(new XenMessage(XenOp.READ, requestId, payload)));

          XenMessage message = complete(buffer);

          assertThat(message.requestId()).isEqualTo(requestId);
          assertThat(message.payload()).isEqualTo(payload);
          assertThat(message.errorName()).isNotEmpty();
          assertThat(message.value("v")).isNotNull();
          assertThat(message.strings("s")).isNotNull();
        });
  }

  private static XenMessage complete(ByteBuffer bytes) {
    return Objects.requireNonNull(decoded(bytes));
  }

  private static @Nullable XenMessage decoded(ByteBuffer bytes) {
    try {
      return XenMessage.decode(bytes);
    } catch (ProtocolException broken) {
      return null;
    }
  }

  private static ByteBuffer frame(int type, int id, int length, String payload) {
    return ByteBuffer.allocate(16 + payload.length())
        .order(ByteOrder.nativeOrder())
        .putInt(type)
        .putInt(id)
        .putInt(0)
        .putInt(length)
        .put(payload.getBytes(StandardCharsets.ISO_8859_1))
        .flip();
  }
}
