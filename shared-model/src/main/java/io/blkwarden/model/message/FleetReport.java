package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the fleet as the leader knows it, in the reply to {@code operator.fleet}.
 *
 * <p>Lists are cut at their limits, so that a reply stays below 1 MiB; the numbers beside them
 * count everything that matches the request.
 *
 * @param leader instance name of the leader
 * @param at time of the report, by the leader's clock
 * @param policies number of effective policies
 * @param pause the pause of enforcement; absent if it is not paused
 * @param proposals number of proposals that wait for approval
 * @param problems what the leader reports in {@code /readyz}, at most {@link #PROBLEMS_MAX}
 * @param hostsInAll number of hosts
 * @param hosts at most {@link #HOSTS_MAX}; those that need attention first
 * @param throttlesInAll number of throttles
 * @param throttles at most {@link #THROTTLES_MAX}
 * @param alertsInAll number of open alerts
 * @param alerts open alerts, the most severe first, at most {@link #ALERTS_MAX}
 */
public record FleetReport(
    String leader,
    Instant at,
    int policies,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Pause pause,
    int proposals,
    List<String> problems,
    int hostsInAll,
    List<Host> hosts,
    int throttlesInAll,
    List<Throttle> throttles,
    int alertsInAll,
    List<OpenAlert> alerts) {
  /** Most problems. */
  public static final int PROBLEMS_MAX = 50;

  /** Most hosts. */
  public static final int HOSTS_MAX = 1_000;

  /** Most throttles. */
  public static final int THROTTLES_MAX = 500;

  /** Most alerts. */
  public static final int ALERTS_MAX = 200;

  /** Longest text, in characters. */
  public static final int TEXT_MAX = 300;

  public FleetReport {
    Require.text(leader, 255, "fleet.leader");
    Require.present(at, "fleet.at");
    problems = Require.list(problems, PROBLEMS_MAX, "fleet.problems");
    hosts = Require.list(hosts, HOSTS_MAX, "fleet.hosts");
    throttles = Require.list(throttles, THROTTLES_MAX, "fleet.throttles");
    alerts = Require.list(alerts, ALERTS_MAX, "fleet.alerts");
  }

  /**
   * A host.
   *
   * @param state {@code live}, {@code silent} if samples no longer arrive, {@code unheard} if none
   *     arrived yet
   * @param lastHeard time of the last heartbeat; absent if none
   * @param version version of its agent; absent if unknown
   * @param acting whether its agent carries out commands
   * @param disks number of disks
   * @param unresolved number of disks without proven workers
   * @param breaches number of breaches of policies
   * @param throttles number of throttles
   * @param ioFull share of the time in which all tasks of dom0 waited for I/O, 0 to 1; absent if
   *     unknown
   * @param busiest name of the device with the highest utilisation; absent if unknown
   * @param util utilisation of that device, 0 to 1; absent if unknown
   * @param awaitMs mean time of an I/O on that device in ms; absent if unknown
   * @param problem why the host cannot be evaluated or commanded; absent if it can
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Host(
      HostId host,
      String state,
      @Nullable Instant lastHeard,
      @Nullable String version,
      boolean acting,
      int disks,
      int unresolved,
      int breaches,
      int throttles,
      @Nullable Double ioFull,
      @Nullable String busiest,
      @Nullable Double util,
      @Nullable Double awaitMs,
      @Nullable String problem) {
    /** Whether an operator should look at it. */
    public boolean needsAttention() {
      return problem != null || breaches > 0 || throttles > 0 || !"live".equals(state);
    }
  }

  /**
   * A throttle.
   *
   * @param lease id of the lease
   * @param restraint such as {@code idle} or {@code limit 20/s}
   * @param stage {@code requested}, {@code held} or {@code ending}
   * @param policy policy that owns it; absent for an operator's
   * @param by operator who requested it; absent for a policy's
   * @param reason why
   * @param ends expiry of the lease, by the leader's clock
   * @param alert its alert; absent without one
   * @param effect effect on the other disks; absent until it is known
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Throttle(
      HostId host,
      DomainRef domain,
      String disk,
      MessageId lease,
      String restraint,
      String stage,
      @Nullable String policy,
      @Nullable String by,
      String reason,
      Instant ends,
      @Nullable MessageId alert,
      @Nullable String effect) {}

  /**
   * An open alert; its fields are those of {@link Alert}.
   *
   * @param suppressedBy why receivers are not notified; absent if they are
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OpenAlert(
      MessageId id,
      @Nullable MessageId incident,
      Alert.State state,
      Alert.Severity severity,
      String policy,
      HostId host,
      @Nullable DomainRef domain,
      @Nullable String disk,
      Instant since,
      String summary,
      @Nullable String suppressedBy) {}
}
