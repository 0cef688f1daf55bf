package io.blkwarden.model.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.ControlMessage;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON codec of control messages: UTF-8, {@code snake_case}, RFC 3339 times.
 *
 * <p>Messages have at most {@link #MAX_BYTES} bytes and 16 levels. Unknown fields are ignored.
 */
public final class ControlJson {
  /** Maximum size of a message, nats-server's default {@code max_payload}. */
  public static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(16)
                          .maxStringLength(16_384)
                          .maxNameLength(256)
                          .maxNumberLength(64)
                          .maxDocumentLength(MAX_BYTES)
                          .build())
                  .build())
          .annotationIntrospector(new RequiredFields())
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
          .build();

  private ControlJson() {}

  /** Encodes a message; {@code schema} comes first. */
  public static byte[] encode(ControlMessage message) {
    return MAPPER.writerFor(ControlMessage.class).writeValueAsBytes(message);
  }

  /** Encodes a single disk as in a snapshot. */
  public static byte[] encodeDisk(MappedDisk disk) {
    return MAPPER.writeValueAsBytes(disk);
  }

  /** Decodes a message of the expected type. */
  public static <T extends ControlMessage> Decoded<T> decode(Class<T> type, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new Decoded.Malformed<>(
          Decoded.Reason.TOO_LARGE,
          0,
          "expected at most %d bytes, found %d".formatted(MAX_BYTES, bytes.length));
    }
    if (bytes.length == 0) {
      return new Decoded.Malformed<>(Decoded.Reason.TRUNCATED, 0, "expected JSON, found nothing");
    }
    try {
      ControlMessage message = MAPPER.readValue(bytes, ControlMessage.class);
      if (type.isInstance(message)) {
        return new Decoded.Ok<>(type.cast(message));
      }
      return new Decoded.Malformed<>(
          Decoded.Reason.UNKNOWN_SCHEMA,
          0,
          "expected a %s, found %s"
              .formatted(
                  type.getSimpleName(),
                  message == null ? "null" : message.getClass().getSimpleName()));
    } catch (JacksonException e) {
      return new Decoded.Malformed<>(reason(e, bytes.length), offset(e), e.getOriginalMessage());
    }
  }

  private static Decoded.Reason reason(JacksonException e, int length) {
    return switch (e) {
      case InvalidTypeIdException _ -> Decoded.Reason.UNKNOWN_SCHEMA;
      case StreamConstraintsException _ -> Decoded.Reason.TOO_LARGE;
      case StreamReadException eof when offset(eof) >= length -> Decoded.Reason.TRUNCATED;
      case StreamReadException _ -> Decoded.Reason.SYNTAX;
      default -> Decoded.Reason.INVALID_FIELD;
    };
  }

  private static long offset(JacksonException e) {
    TokenStreamLocation location = e.getLocation();
    return location == null ? 0 : Math.max(0, location.getByteOffset());
  }
}
