package io.blkwarden.model.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.json.Decoded;
import io.blkwarden.testing.Property;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SampleCodecTest {
  @Test
  void batchRoundTrip() {
    SampleFrame frame = batch(100);

    SampleFrame read = new SampleFrame();
    assertThat(SampleCodec.decode(SampleCodec.encode(frame), read))
        .isEqualTo(new Decoded.Ok<>(read));

    assertThat(read.run()).isEqualTo(frame.run());
    assertThat(read.baseId()).isEqualTo(7);
    assertThat(read.revision()).isEqualTo(42);
    assertThat(read.sequence()).isEqualTo(1_000_000);
    assertThat(read.monotonicMillis()).isEqualTo(123_456_789);
    assertThat(read.ioSomeMicros()).isEqualTo(987_654_321);
    assertThat(read.ioFullMicros()).isEqualTo(SampleFrame.UNMEASURED);
    assertThat(read.disks().rows()).isEqualTo(100);
    for (int row = 0; row < 100; row++) {
      assertThat(read.disks().present(row)).isEqualTo(row % 10 != 3);
      for (SampleColumn column : SampleColumn.all()) {
        long expected = row % 10 == 3 ? 0 : frame.disks().get(column, row);
        assertThat(read.disks().get(column, row)).isEqualTo(expected);
      }
    }
    assertThat(read.devices().get(SampleColumn.IO_MS, 0)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void diskTakesAtMost24Bytes() {
    assertThat(SampleCodec.encode(BusyHour.frame()).length)
        .isLessThanOrEqualTo(24 * BusyHour.DISKS);
  }

  @Test
  void numbersOfEveryLengthRoundTrip() {
    SampleFrame frame = new SampleFrame();
    frame.disks().reset(64);
    for (int row = 0; row < 64; row++) {
      frame.disks().markPresent(row);
      frame.disks().set(SampleColumn.READ_IOS, row, Long.MAX_VALUE >>> row);
      frame
          .disks()
          .set(SampleColumn.WRITE_IOS, row, (Long.MAX_VALUE >>> row) & 0x5A5A_5A5A_5A5A_5A5AL);
    }

    SampleFrame read = new SampleFrame();
    SampleCodec.decode(SampleCodec.encode(frame), read);

    for (int row = 0; row < 64; row++) {
      for (SampleColumn column : SampleColumn.all()) {
        assertThat(read.disks().get(column, row)).isEqualTo(frame.disks().get(column, row));
      }
    }
  }

  @Test
  void truncationsHaveAnOffset() {
    byte[] whole = SampleCodec.encode(batch(5));
    for (int length = 0; length < whole.length; length++) {
      assertThat(SampleCodec.decode(Arrays.copyOf(whole, length), new SampleFrame()))
          .isInstanceOfSatisfying(
              Decoded.Malformed.class,
              fault -> assertThat(fault.offset()).isLessThanOrEqualTo(whole.length));
    }
  }

  @Test
  void arbitraryBytesNeverThrow() {
    Property.check(
        1_000,
        given -> {
          byte[] bytes = given.bytes(200);
          assertThat(SampleCodec.decode(bytes, new SampleFrame())).isNotNull();
        });
  }

  @Test
  void mutationsNeverThrow() {
    Property.check(
        1_000,
        given -> {
          int at = given.between(0, 10_000);
          byte with = given.octet();
          byte[] bytes = SampleCodec.encode(batch(20));
          bytes[at % bytes.length] = with;
          assertThat(SampleCodec.decode(bytes, new SampleFrame())).isNotNull();
        });
  }

  private static SampleFrame batch(int rows) {
    SampleFrame frame = new SampleFrame();
    frame.identify(new UUID(11, 12), 7, 42, 1_000_000);
    frame.time(123_456_789, 1_763_834_405_120L, 1_000);
    frame.pressure(987_654_321, SampleFrame.UNMEASURED);
    frame.disks().reset(rows);
    for (int row = 0; row < rows; row++) {
      for (SampleColumn column : SampleColumn.all()) {
        frame.disks().set(column, row, (long) row * row * (column.id() + 1));
      }
      if (row % 10 != 3) {
        frame.disks().markPresent(row);
      }
    }
    frame.devices().reset(1);
    frame.devices().markPresent(0);
    frame.devices().set(SampleColumn.IO_MS, 0, Long.MAX_VALUE);
    return frame;
  }
}
