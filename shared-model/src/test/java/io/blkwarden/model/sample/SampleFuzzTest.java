package io.blkwarden.model.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.blkwarden.model.json.Decoded;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Fuzzes sample batches: an error with an offset, or a batch that can be encoded. */
final class SampleFuzzTest {
  static Stream<byte[]> seeds() throws IOException {
    try (InputStream golden =
        Objects.requireNonNull(SampleFuzzTest.class.getResourceAsStream("/golden/sample.v1.bin"))) {
      return Stream.of(golden.readAllBytes(), SampleCodec.encode(BusyHour.frame()));
    }
  }

  @MethodSource("seeds")
  @FuzzTest
  void arbitraryBytesNeverThrow(byte[] bytes) {
    SampleFrame frame = new SampleFrame();
    switch (SampleCodec.decode(bytes, frame)) {
      case Decoded.Ok<SampleFrame> _ -> {
        byte[] sent = SampleCodec.encode(frame);
        SampleFrame received = new SampleFrame();
        assertThat(SampleCodec.decode(sent, received)).isEqualTo(new Decoded.Ok<>(received));
        assertThat(SampleCodec.encode(received)).isEqualTo(sent);
      }
      case Decoded.Malformed<SampleFrame> fault -> {
        assertThat(fault.offset()).isBetween(0L, (long) bytes.length);
        assertThat(fault.detail()).isNotBlank();
      }
    }
  }
}
