package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.Require;
import io.blkwarden.model.WireName;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A controller's decision about a disk, a host or the fleet, including refusals.
 *
 * @param id identity of the note
 * @param at wall clock of the controller
 * @param controller name of the controller
 * @param epoch its epoch; absent when it was not the leader
 * @param host host; {@code _fleet} for the whole fleet
 * @param domain domain of the disk; absent without a disk
 * @param vdev virtual device; absent without a disk
 * @param policy policy; absent for operator requests
 * @param alert related alert; absent if none
 * @param verdict decision
 * @param guard safety check that refused; absent if none
 * @param throttle related lease; absent if none
 * @param reason one-sentence reason; 1 to 1000 characters
 * @param numbers measurements by name; finite, at most 32
 * @param requestedByKey NKey of the requesting user; absent when a policy decided
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
  /** Maximum number of measurements. */
  public static final int NUMBERS_MAX = 32;

  public DecisionNote {
    Require.text(controller, 255, "controller");
    Require.optionalText(vdev, 64, "vdev");
    Require.optionalText(policy, 100, "policy");
    Require.optionalText(guard, 64, "guard");
    Require.text(reason, 1_000, "reason");
    Require.within(numbers.size(), 0, NUMBERS_MAX, "numbers (count)");
    numbers.forEach((name, value) -> {
      Require.text(name, 64, "numbers (name)");
      Require.finite(value, "numbers." + name);
    });
    numbers = Collections.unmodifiableMap(new TreeMap<>(numbers));
  }

  /** The decisions. */
  public enum Verdict implements WireName {
    /** A throttle is requested. */
    ACT,
    /** A throttle would be requested in another mode. */
    SHADOW,
    /** A safety check refused. */
    REFUSE,
    /** A throttle is ended. */
    RELEASE,
    /** A throttle is renewed. */
    RENEW,
    /** A throttle is reduced by a step. */
    EASE,
    /** Nothing is done for now. */
    SKIP,
    /** A host is removed. */
    FORGET,
    /** An operator's silence, acknowledgement, pause or answer to a proposal was carried out. */
    REQUEST,
    /** A verdict unknown to this reader. */
    @JsonEnumDefaultValue
    OTHER
  }
}
