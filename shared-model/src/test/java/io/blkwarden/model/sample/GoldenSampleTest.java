package io.blkwarden.model.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.json.Decoded;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The golden batch, which is never edited; its JSON was written by the Python decoder. */
class GoldenSampleTest {
  @Test
  void agreesWithThePythonDecoder() throws IOException {
    byte[] golden = resource("/golden/sample.v1.bin");
    JsonNode expected = JsonMapper.builder().build().readTree(resource("/golden/sample.v1.json"));
    SampleFrame frame = new SampleFrame();

    assertThat(SampleCodec.decode(golden, frame)).isEqualTo(new Decoded.Ok<>(frame));

    assertThat(frame.run()).hasToString(expected.get("run").asString());
    assertThat(frame.baseId()).isEqualTo(expected.get("base_id").asLong());
    assertThat(frame.wallMillis()).isEqualTo(expected.get("wall_ms").asLong());
    assertThat(frame.ioSomeMicros()).isEqualTo(expected.get("io_some_us").asLong());
    assertThat(expected.get("io_full_us").isNull()).isTrue();
    assertSame(frame.disks(), expected.get("disks"));
    assertSame(frame.devices(), expected.get("devices"));
    assertThat(SampleCodec.encode(frame)).isEqualTo(golden);
  }

  private static void assertSame(SampleTable table, JsonNode rows) {
    assertThat(table.rows()).isEqualTo(rows.size());
    for (int row = 0; row < table.rows(); row++) {
      assertThat(table.present(row)).isEqualTo(!rows.get(row).isNull());
      for (SampleColumn column : SampleColumn.all()) {
        if (table.present(row)) {
          assertThat(table.get(column, row))
              .as("%s of row %d", column.wire(), row)
              .isEqualTo(
                  rows.get(row).path(column.wire()).asLong(0)); // a later column is not there
        }
      }
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(GoldenSampleTest.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    }
  }
}
