package io.blkwarden.agent.uevent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.Captured;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Arbitrary bytes on the netlink socket: a complete event, or malformed. */
final class UeventFuzzTest {
  /** Events printed by {@code udevadm monitor -k -p} on a dom0, in the kernel's format. */
  static Stream<byte[]> seeds() {
    return Stream.of("udevadm-monitor-vbd.txt", "udevadm-monitor-lvm.txt")
        .flatMap(file -> Arrays.stream(Captured.text(file).split("\n\n", -1)))
        .filter(block -> block.startsWith("KERNEL"))
        .map(block ->
            block
                .replaceFirst("KERNEL\\S*\\s+(\\S+)\\s+(\\S+).*", "$1@$2")
                .replace('\n', '\0')
                .getBytes(UTF_8));
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryBytesAreAnEventOrMalformed(byte[] bytes) {
    ReadResult<Uevent> reading = Uevent.parse(ByteBuffer.wrap(bytes));

    assertThat(reading.describe()).isNotBlank();
    if (reading instanceof ReadResult.Present<Uevent>(Uevent event)) {
      assertThat(event.action()).isNotEmpty();
      assertThat(event.subsystem()).isNotEmpty();
      assertThat(event.devpath()).startsWith("/");
    }
  }
}
