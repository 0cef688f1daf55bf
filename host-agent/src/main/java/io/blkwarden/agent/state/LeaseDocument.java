package io.blkwarden.agent.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.SalvagedLeases;
import io.blkwarden.agent.lease.LeaseStore.StoredLeases;
import io.blkwarden.agent.lease.LeaseTable;
import io.blkwarden.agent.lease.LeasedWorker;
import io.blkwarden.agent.lease.PendingRestores;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The format of {@code leases.json}, which every version of the agent can read.
 *
 * @param format {@link #FORMAT}; leases of other formats are restored, not continued
 * @param boot as in {@link StoredLeases}
 * @param epoch as in {@link StoredLeases}
 * @param leases as in {@link StoredLeases}
 */
record LeaseDocument(String format, UUID boot, long epoch, List<Lease> leases) {
  /** Name and version of the format. */
  static final String FORMAT = "blkwarden.leases.v1";

  /** For documents and single values. */
  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          // earlier versions of the agent do not know limits
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** For a value that is followed by more text. */
  static final JsonMapper PREFIX_MAPPER =
      MAPPER.rebuild().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final Pattern BOOT = Pattern.compile("\"boot\"\\s*:\\s*\"([0-9a-fA-F-]{36})\"");
  private static final Pattern LEASE = Pattern.compile("\\{\\s*\"id\"\\s*:\\s*\"");
  private static final Pattern WORKER = Pattern.compile("\\{\\s*\"id\"\\s*:\\s*\\{");
  private static final Pattern TASK =
      Pattern.compile("\"pid\"\\s*:\\s*([0-9]{1,7})\\s*,\\s*\"start_ticks\"\\s*:\\s*([0-9]{1,18})");

  LeaseDocument {
    if (!FORMAT.equals(format)) {
      throw new IllegalArgumentException("format: expected %s, found %s".formatted(FORMAT, format));
    }
    Require.present(boot, "boot");
    leases = Require.list(leases, LeaseTable.MAX_LEASES, "leases");
  }

  /**
   * The content of a file.
   *
   * @param intact the leases, if the file is intact and of this version
   * @param readable what can be read of it; empty if the boot id cannot be read
   * @param damage what was expected and what was found, if it is not intact
   */
  record Decoded(
      Optional<StoredLeases> intact, Optional<SalvagedLeases> readable, Optional<String> damage) {
    static Decoded ok(StoredLeases leases) {
      return new Decoded(
          Optional.of(leases),
          Optional.of(new SalvagedLeases(leases.boot(), leases.leases(), List.of(), List.of())),
          Optional.empty());
    }

    static Decoded damaged(String detail, Optional<SalvagedLeases> readable) {
      return new Decoded(Optional.empty(), readable, Optional.of(detail));
    }
  }

  static byte[] encode(StoredLeases leases) {
    return MAPPER.writeValueAsBytes(
        new LeaseDocument(FORMAT, leases.boot(), leases.epoch(), leases.leases()));
  }

  static Decoded decode(byte[] bytes) {
    try {
      LeaseDocument document = MAPPER.readValue(bytes, LeaseDocument.class);
      if (document == null) {
        return Decoded.damaged("expected %s, found null".formatted(FORMAT), Optional.empty());
      }
      return Decoded.ok(
          new StoredLeases(
              document.boot(), document.epoch(), document.leases(), PendingRestores.NONE));
    } catch (JacksonException | IllegalArgumentException e) {
      return Decoded.damaged(
          "expected %s: %s".formatted(FORMAT, firstLine(e)), salvage(new String(bytes, UTF_8)));
    }
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  /** Reads intact leases, then intact workers outside them, then task identities. */
  static Optional<SalvagedLeases> salvage(String text) {
    return boot(text)
        .map(boot -> {
          List<Lease> leases = values(text, LEASE, Lease.class, LeaseTable.MAX_LEASES);
          Set<WorkerId> seen = new HashSet<>();
          leases.forEach(lease -> lease.workers().forEach(worker -> seen.add(worker.id())));
          List<LeasedWorker> workers =
              values(text, WORKER, LeasedWorker.class, PendingRestores.MAX).stream()
                  .filter(worker -> seen.add(worker.id()))
                  .toList();
          return new SalvagedLeases(boot, leases, workers, tasks(text, seen));
        });
  }

  private static Optional<UUID> boot(String text) {
    Matcher found = BOOT.matcher(text);
    try {
      return found.find() ? Optional.of(UUID.fromString(found.group(1))) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static <T> List<T> values(String text, Pattern start, Class<T> type, int most) {
    List<T> values = new ArrayList<>();
    Matcher found = start.matcher(text);
    while (found.find() && values.size() < most) {
      try {
        values.add(PREFIX_MAPPER.readValue(text.substring(found.start()), type));
      } catch (JacksonException | IllegalArgumentException _) {
        // damaged: its workers are searched for separately
      }
    }
    return values;
  }

  private static List<WorkerId> tasks(String text, Set<WorkerId> seen) {
    Set<WorkerId> tasks = new LinkedHashSet<>();
    Matcher found = TASK.matcher(text);
    while (found.find() && tasks.size() < PendingRestores.MAX) {
      try {
        tasks.add(new WorkerId(Integer.parseInt(found.group(1)), Long.parseLong(found.group(2))));
      } catch (IllegalArgumentException _) {
        // not a task identity
      }
    }
    tasks.removeAll(seen);
    return List.copyOf(tasks);
  }
}
