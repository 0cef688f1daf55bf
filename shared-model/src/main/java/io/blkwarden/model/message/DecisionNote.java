package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a controller decided about a disk, a host or the fleet, and why; refusals are decisions too.
 *
 * @param id identity of the note
 * @param at wall clock of the controller
 * @param controller name of the controller
 * @param epoch its claim; absent when it held none, and so did nothing
 * @param host where; {@code _fleet} for the whole fleet
 * @param domain whose disk; absent when no disk is concerned
 * @param vdev which disk; absent when none is
 * @param policy which policy; absent for what a person asked
 * @param alert whose alert tells of it; absent when none does
 * @param verdict what was decided
 * @param guard what refused; absent when nothing did
 * @param throttle the lease concerned; absent when there is none
 * @param reason why, in a sentence; 1 to 1000 characters
 * @param numbers what was measured, by name; finite, at most 32
 * @param requestedByKey NKey of the user whose request it carries out; absent when a policy decided
 */
public record DecisionNote(
    MessageId id,
    Instant at,
    String controller,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long epoch,
    HostId host,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable DomainRef domain,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String vdev,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String policy,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MessageId alert,
    Verdict verdict,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String guard,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MessageId throttle,
    String reason,
    Map<String, Double> numbers,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OperatorKey requestedByKey)
    implements ControlMessage {
  /** Most numbers. */
  public static final int NUMBERS_MAX = 32;

  public DecisionNote {
    Require.present(id, "id");
    Require.present(at, "at");
    Require.text(controller, 255, "controller");
    Require.present(host, "host");
    Require.optionalText(vdev, 64, "vdev");
    Require.optionalText(policy, 100, "policy");
    Require.present(verdict, "verdict");
    Require.optionalText(guard, 64, "guard");
    Require.text(reason, 1_000, "reason");
    Require.present(numbers, "numbers");
    Require.within(numbers.size(), 0, NUMBERS_MAX, "numbers (count)");
    numbers.forEach((name, value) -> {
      Require.text(name, 64, "numbers (name)");
      Require.finite(value, "numbers." + name);
    });
    numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
  }

  /** What was decided. */
  public enum Verdict {
    /** A throttle is asked for. */
    ACT,
    /** It would be, in another mode. */
    SHADOW,
    /** A guard said no. */
    REFUSE,
    /** A throttle is ended. */
    RELEASE,
    /** A throttle runs longer. */
    RENEW,
    /** A throttle is let go by a step. */
    EASE,
    /** Nothing is done for now. */
    SKIP,
    /** A host that is gone for good is forgotten. */
    FORGET,
    /** An operator's silence, acknowledgement, pause or answer to a proposal was carried out. */
    REQUEST,
    /** One that this reader does not know. */
    OTHER;

    /** Name in messages. */
    @JsonValue
    public String wire() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The verdict with that name; one that is not known is {@link #OTHER}. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Verdict named(String name) {
      for (Verdict verdict : values()) {
        if (verdict.wire().equals(name)) {
          return verdict;
        }
      }
      return OTHER;
    }
  }
}
