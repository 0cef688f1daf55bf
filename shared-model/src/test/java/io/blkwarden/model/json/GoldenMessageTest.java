package io.blkwarden.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class GoldenMessageTest {
  private static final JsonMapper TREES = JsonMapper.builder().build();
  private static final SchemaRegistry SCHEMAS = registry();

  @ParameterizedTest
  @MethodSource("io.blkwarden.model.json.Golden#names")
  void isValidAndRoundTrips(String name) {
    String golden = Golden.message(name);
    assertThat(schema(name).validate(golden, InputFormat.JSON)).isEmpty();

    ControlMessage message = decoded(golden);

    String again = new String(ControlJson.encode(message), UTF_8);
    assertThat(again).startsWith("{\"schema\":\"blkwarden." + Golden.schemaName(name) + ".v1\"");
    assertThat(schema(name).validate(again, InputFormat.JSON)).isEmpty();
    assertThat(TREES.readTree(again)).isEqualTo(TREES.readTree(golden));
  }

  @ParameterizedTest
  @MethodSource("io.blkwarden.model.json.Golden#names")
  void unknownFieldsAreIgnored(String name) {
    ObjectNode tree = (ObjectNode) TREES.readTree(Golden.message(name));
    tree.put("brand_new", "field");

    assertThat(decoded(tree.toString())).isEqualTo(decoded(Golden.message(name)));
  }

  @ParameterizedTest
  @MethodSource("io.blkwarden.model.json.Golden#names")
  void codecAndSchemaRequireTheSameFields(String name) {
    ObjectNode tree = (ObjectNode) TREES.readTree(Golden.message(name));
    JsonNode required = TREES.readTree(Golden.schema(name)).get("required");
    assertThat(required.isArray()).isTrue();
    for (JsonNode field : required) {
      ObjectNode without = tree.deepCopy();
      without.remove(field.asString());
      assertThat(schema(name).validate(without.toString(), InputFormat.JSON))
          .as("schema without %s", field)
          .isNotEmpty();
      assertThat(ControlJson.decode(ControlMessage.class, without.toString().getBytes(UTF_8)))
          .as("codec without %s", field)
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  /** A restraint is exactly one field, for schema and codec. */
  @ParameterizedTest
  @ValueSource(strings = {"command", "operator-request", "command.limit", "operator-request.limit"})
  void restraintIsAPriorityOrALimit(String name) {
    String part = Golden.schemaName(name).equals("command") ? "action" : "ask";
    for (boolean both : new boolean[] {true, false}) {
      ObjectNode tree = (ObjectNode) TREES.readTree(Golden.message(name));
      ObjectNode asked = (ObjectNode) tree.get(part);
      if (both) {
        asked.put("priority", "idle").put("limit_per_s", 20);
      } else {
        asked.remove(List.of("priority", "limit_per_s"));
      }
      assertThat(schema(name).validate(tree.toString(), InputFormat.JSON)).isNotEmpty();
      assertThat(ControlJson.decode(ControlMessage.class, tree.toString().getBytes(UTF_8)))
          .isInstanceOf(Decoded.Malformed.class);
    }
  }

  @Test
  void unknownCauseIsReadAsOther() {
    ObjectNode tree = (ObjectNode) TREES.readTree(Golden.message("outcome.limit"));
    tree.put("cause", "brand-new");

    assertThat(schema("outcome").validate(tree.toString(), InputFormat.JSON)).isEmpty();
    assertThat(((Outcome) decoded(tree.toString())).cause()).isEqualTo(Outcome.Cause.OTHER);
  }

  private static ControlMessage decoded(String json) {
    return switch (ControlJson.decode(ControlMessage.class, json.getBytes(UTF_8))) {
      case Decoded.Ok<ControlMessage> ok -> ok.value();
      case Decoded.Malformed<ControlMessage> m -> throw new AssertionError(m + " in " + json);
    };
  }

  private static Schema schema(String name) {
    return SCHEMAS.getSchema(
        SchemaLocation.of("urn:blkwarden:schema:" + Golden.schemaName(name) + ".v1"));
  }

  private static SchemaRegistry registry() {
    Map<String, String> texts = new HashMap<>();
    texts.put("urn:blkwarden:schema:common.v1", Golden.schema("common"));
    Golden.names()
        .forEach(n ->
            texts.put("urn:blkwarden:schema:" + Golden.schemaName(n) + ".v1", Golden.schema(n)));
    return SchemaRegistry.withDefaultDialect(
        SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(texts));
  }
}
