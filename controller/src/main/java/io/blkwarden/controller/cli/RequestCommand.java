package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.RestraintOptions;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that sends one request to the controller and prints the reply. */
abstract class RequestCommand extends CliCommand.Session {
  /** The reason for the audit trail. */
  String reason = "manual";

  /**
   * The request that the arguments describe.
   *
   * @throws IllegalArgumentException if they are invalid
   */
  abstract OperatorRequest.Ask ask();

  /** The request with what must be looked up first. */
  OperatorRequest.Ask complete(OperatorRequest.Ask ask, OperatorSession session)
      throws NatsException {
    return ask;
  }

  /** Prints a successful reply as text. */
  void print(OperatorReply reply) {
    context.out().println(Printable.of(reply.detail()));
  }

  @Override
  public final Integer call() throws NatsException {
    var _ = made(this::ask); // before it connects
    return super.call();
  }

  @Override
  final Integer run(OperatorSession session) throws NatsException {
    OperatorRequest.Ask ask = ask();
    OperatorReply reply = ask(session, reason, complete(ask, session));
    int code =
        switch (reply.verdict()) {
          case DONE -> ExitCodes.DONE;
          case FAILED -> ExitCodes.FAILED;
          case REFUSED -> ExitCodes.REFUSED;
        };
    String document = json ? json(ask, reply) : null;
    if (document != null) {
      context.out().println(document);
    } else if (code == ExitCodes.DONE) {
      print(reply);
    } else {
      String refused = code == ExitCodes.REFUSED ? "refused: " : "";
      return context.error(new CommandError(refused + reply.detail()), code);
    }
    return code;
  }

  /**
   * The output of {@code --json}: the reply, or for a successful request about a silence, an
   * acknowledgement or the pause what is active or has ended. Null for a failed one: it prints an
   * error.
   */
  private static @Nullable String json(OperatorRequest.Ask ask, OperatorReply reply) {
    if (!(ask instanceof OperatorRequest.Lasting lasting)) {
      return AsciiJson.line(reply);
    }
    if (reply.verdict() != OperatorReply.Verdict.DONE) {
      return null;
    }
    return switch (lasting) {
      case OperatorRequest.SilenceExpire(MessageId silence) -> ended("silence", silence);
      case OperatorRequest.AckUndo(MessageId about) -> ended("ack", about);
      case OperatorRequest.PauseEnd _ -> ended("pause", null);
      case OperatorRequest.SilenceAdd _, OperatorRequest.AckAdd _, OperatorRequest.PauseSet _ ->
          reply.inForce() == null ? null : AsciiJson.line(reply.inForce());
    };
  }

  private static String ended(String what, @Nullable MessageId id) {
    return AsciiJson.text(
        AsciiJson.document("blkwarden.ended.v1")
            .put("what", what)
            .put("id", id == null ? null : id.value()));
  }

  /** Parses an ID argument; lower case is accepted. */
  static MessageId id(String text) {
    return new MessageId(text.toUpperCase(Locale.ROOT));
  }

  /** A request with an optional reason. */
  abstract static class WithOptionalReason extends RequestCommand {
    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        defaultValue = "manual",
        description = "Reason for the audit trail (default: ${DEFAULT-VALUE}).")
    void reason(String text) {
      reason = text;
    }
  }

  /** A request with a required reason. */
  abstract static class WithReason extends RequestCommand {
    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Reason for the audit trail.")
    void reason(String text) {
      reason = text;
    }
  }

  /** Throttles a disk. */
  @Command(
      name = "throttle",
      description = {
        "Lowers the I/O priority of a disk's worker threads, or limits their IOPS.",
        "Safety checks also apply to manual throttles: a disk whose workers are not proven is"
            + " refused (exit code 3)."
      })
  static final class Throttle extends WithReason {
    @Parameters(paramLabel = DiskPath.LABEL, description = DiskPath.DESCRIPTION)
    String disk = "";

    @ArgGroup(multiplicity = "0..1")
    RestraintOptions how = new RestraintOptions();

    @Option(
        names = "--lease",
        paramLabel = "TIME",
        defaultValue = "10m",
        description = "Time until the throttle expires, 1s to 1h (default: ${DEFAULT-VALUE}).")
    Duration lease = Duration.ofMinutes(10);

    @Option(
        names = "--force",
        description =
            "Override the safety limits disks_per_host, disks_per_domain, hosts_throttled and"
                + " stop_if_hosts_anomalous; recorded in the audit trail. All other safety checks"
                + " still apply.")
    boolean force;

    @Override
    OperatorRequest.Ask ask() {
      DiskPath path = DiskPath.parse(disk);
      require(
          lease.toSeconds() >= 1 && lease.toSeconds() <= 3_600,
          "--lease: expected 1s to 1h, found %s".formatted(DurationText.print(lease)));
      return new OperatorRequest.Throttle(
          path.host(),
          path.domain(),
          path.disk(),
          restraint(),
          lease.toMillis(),
          force ? Boolean.TRUE : null);
    }

    private Restraint restraint() {
      List<String> problems = new ArrayList<>();
      return how.restraint(problems).orElseThrow(() -> new UsageException(problems.getFirst()));
    }
  }

  /** Releases throttles. */
  @Command(name = "release", description = "Releases the throttle of a disk, or all throttles.")
  static final class Release extends WithOptionalReason {
    @ArgGroup(multiplicity = "1")
    Target target = new Target();

    /** One disk, or all. */
    static final class Target {
      @Parameters(paramLabel = DiskPath.LABEL, description = DiskPath.DESCRIPTION)
      @Nullable String disk;

      @Option(names = "--all", description = "Release all throttles of the fleet.")
      boolean all;
    }

    @Override
    OperatorRequest.Ask ask() {
      if (target.disk == null) {
        return new OperatorRequest.ReleaseAll();
      }
      DiskPath path = DiskPath.parse(target.disk);
      return new OperatorRequest.Release(path.host(), path.domain(), path.disk());
    }
  }

  /** Lists the pending proposals of policies in mode {@code approve}. */
  @Command(
      name = "proposals",
      description = "Lists pending proposals: throttles that policies in mode approve want to set.")
  static final class Proposals extends RequestCommand {
    Proposals() {
      reason = "list proposals";
    }

    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.Proposals();
    }

    @Override
    void print(OperatorReply reply) {
      if (reply.proposals() != null && !reply.proposals().isEmpty()) {
        Table.of(reply.proposals())
            .column("ID", OperatorReply.Proposal::id)
            .column("HOST", OperatorReply.Proposal::host)
            .column("DOMAIN", each -> each.domain().name())
            .column("DISK", OperatorReply.Proposal::disk)
            .column("WOULD SET", OperatorReply.Proposal::restraint)
            .column("POLICY", OperatorReply.Proposal::policy)
            .column("EXPIRES", each -> each.expires().truncatedTo(ChronoUnit.SECONDS))
            .column("APPROVED BY", OperatorReply.Proposal::approvedBy)
            .print(context.out());
      }
      super.print(reply);
    }
  }

  /** A request about a proposal. */
  abstract static sealed class Answer extends WithOptionalReason {
    @Parameters(paramLabel = "ID", description = "ID of a proposal, from 'blkwarden proposals'.")
    String id = "";
  }

  /** Approves a proposal. */
  @Command(
      name = "approve",
      description = {
        "Approves a proposal.",
        "The disk is throttled if it is still over threshold and all safety checks pass."
      })
  static final class Approve extends Answer {
    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.Approve(id(id));
    }
  }

  /** Denies a proposal. */
  @Command(
      name = "deny",
      description = {
        "Denies a proposal.",
        "The policy makes no new one until the breach has ended."
      })
  static final class Deny extends Answer {
    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.Deny(id(id));
    }
  }

  /** Acknowledges an alert or an incident, or withdraws the acknowledgement. */
  @Command(
      name = "ack",
      description = {
        "Acknowledges an alert, or all alerts of an incident: stops their notifications.",
        "Acknowledged alerts are still published on NATS, with your name."
      })
  static final class Ack extends WithOptionalReason {
    @Parameters(
        paramLabel = "ID",
        description = "ID of an alert, from 'blkwarden alerts', or of an incident, from --json.")
    String id = "";

    @Option(names = "--undo", description = "Withdraw the acknowledgement.")
    boolean undo;

    @Override
    OperatorRequest.Ask ask() {
      return undo ? new OperatorRequest.AckUndo(id(id)) : new OperatorRequest.AckAdd(id(id));
    }
  }

  /** Removes a host that was taken out of service. */
  @Command(
      name = "forget",
      description = {
        "Removes a decommissioned host: deletes its stored map and resolves its alerts.",
        "Refused while its agent reports samples or may have active throttles. The host returns"
            + " when its agent reports again."
      })
  static final class Forget extends WithOptionalReason {
    @Parameters(paramLabel = "HOST", description = "Host, from 'blkwarden hosts', e.g. dom0-7.")
    String host = "";

    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.Forget(new HostId(host));
    }
  }

  /** Pauses enforcement. */
  @Command(
      name = "pause",
      description = {
        "Pauses enforcement until 'blkwarden resume'.",
        "Policies are evaluated and alerts published, but nothing is throttled, not even manually."
            + " Active leases run until they expire; to end them now, run 'blkwarden release"
            + " --all'. Applies to all controllers and survives restarts. Exit code 1 if no"
            + " controller answers."
      })
  static final class Pause extends WithReason {
    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.PauseSet();
    }
  }

  /** Resumes enforcement. */
  @Command(
      name = "resume",
      description = {"Resumes enforcement.", "Breaches in the next samples are acted on."})
  static final class Resume extends RequestCommand {
    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.PauseEnd();
    }
  }

  /** Expires a silence. */
  @Command(name = "expire", description = "Expires a silence now.")
  static final class ExpireSilence extends RequestCommand {
    @Parameters(paramLabel = "ID", description = "ID of a silence, from 'blkwarden silence list'.")
    String id = "";

    @Override
    OperatorRequest.Ask ask() {
      return new OperatorRequest.SilenceExpire(id(id));
    }
  }

  /**
   * The path of a disk on the command line, such as {@code dom0-7/vm176/xvda2}.
   *
   * @param domain name or UUID; a name may contain slashes
   */
  private record DiskPath(HostId host, String domain, String disk) {
    static final String LABEL = "HOST/DOMAIN/DISK";
    static final String DESCRIPTION = "Disk, e.g. dom0-7/vm176/xvda2; the domain by name or UUID.";

    static DiskPath parse(String text) {
      int first = text.indexOf('/');
      int last = text.lastIndexOf('/');
      if (first < 1 || last <= first + 1 || last == text.length() - 1) {
        throw new IllegalArgumentException(
            "expected HOST/DOMAIN/DISK such as dom0-7/vm176/xvda2, found '%s'".formatted(text));
      }
      return new DiskPath(
          new HostId(text.substring(0, first)),
          text.substring(first + 1, last),
          text.substring(last + 1));
    }
  }
}
