package io.blkwarden.systemtests.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.blkwarden.model.message.Alert;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;

/** Validates published alerts with the schema. */
final class AlertSchema {
  private static final String URN = "urn:blkwarden:schema:";
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12,
              builder ->
                  builder.schemas(
                      Map.of(
                          URN + "common.v1",
                          text("common.v1"),
                          URN + "alert.v1",
                          text("alert.v1"))))
          .getSchema(SchemaLocation.of(URN + "alert.v1"));

  private AlertSchema() {}

  static void assertValid(String json) {
    assertThat(SCHEMA.validate(json, InputFormat.JSON)).as(json).isEmpty();
  }

  private static String text(String name) {
    String resource = "/io/blkwarden/schema/" + name + ".json";
    try (InputStream in = Objects.requireNonNull(Alert.class.getResourceAsStream(resource))) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
