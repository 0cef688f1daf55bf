package io.blkwarden.agent.lease;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.agent.throttle.Lease;
import io.blkwarden.agent.throttle.StoredLeases;
import io.blkwarden.model.Require;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The text of the lease file.
 *
 * @param format {@link #FORMAT}; any other is not read
 * @param boot as in {@link StoredLeases}
 * @param epoch as in {@link StoredLeases}
 * @param leases as in {@link StoredLeases}
 */
record LeaseDocument(String format, UUID boot, long epoch, List<Lease> leases) {
  /** Name and version of the format. */
  static final String FORMAT = "blkwarden.leases.v1";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // An earlier version of the agent reads what it knows: a lease without a limit.
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  LeaseDocument {
    if (!FORMAT.equals(format)) {
      throw new IllegalArgumentException("format: expected %s, found %s".formatted(FORMAT, format));
    }
    Require.present(boot, "boot");
    leases = Require.list(leases, Integer.MAX_VALUE, "leases");
  }

  /** What reading a document gave. */
  sealed interface Decoded {
    /** The leases. */
    record Ok(StoredLeases leases) implements Decoded {}

    /** Text that is no such document, and why. */
    record Malformed(String detail) implements Decoded {}
  }

  static byte[] encode(StoredLeases leases) {
    return MAPPER.writeValueAsBytes(
        new LeaseDocument(FORMAT, leases.boot(), leases.epoch(), leases.leases()));
  }

  static Decoded decode(byte[] bytes) {
    try {
      LeaseDocument document = MAPPER.readValue(bytes, LeaseDocument.class);
      if (document == null) {
        return new Decoded.Malformed("expected a document, found null");
      }
      return new Decoded.Ok(new StoredLeases(document.boot(), document.epoch(), document.leases()));
    } catch (JacksonException | IllegalArgumentException e) {
      return new Decoded.Malformed("expected %s: %s".formatted(FORMAT, e.getMessage()));
    }
  }
}
