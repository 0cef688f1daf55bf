package io.blkwarden.agent.cli;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.state.CommandSocket;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.model.HostId;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The arguments of commands to the running agent of this host, and their outcome. */
final class LocalRequest {
  private static final Duration VALID_FOR = Duration.ofSeconds(15);

  @Parameters(
      paramLabel = "DOMAIN/DISK",
      description = "Disk, such as vm176/xvda2; the domain by name or UUID.")
  String disk = "";

  @Mixin StateOptions stateOptions = new StateOptions();
  @Mixin private HostOptions.Name hostName = new HostOptions.Name();

  private final SecureRandom random = new SecureRandom();

  MessageId newId() {
    return MessageId.of(System.currentTimeMillis(), random);
  }

  /** Sends a command to the agent and prints its outcome; returns the exit code. */
  int send(KernelFiles files, CommandAction action, String reason, CommandOutput output) {
    List<String> problems = new ArrayList<>();
    Optional<HostId> host = hostName.read(files, problems);
    output.requireValid(problems);
    ReadResult<Outcome> answer =
        CommandSocket.ask(
            stateOptions.stateDir,
            new Command(
                newId(),
                host.orElseThrow(),
                0,
                user(),
                Instant.now(),
                VALID_FOR.toMillis(),
                reason,
                action));
    if (answer instanceof ReadResult.Absent) {
      return output.error(
          ExitCodes.REFUSED,
          "no agent is running with --state-dir " + stateOptions.stateDir,
          "start it: systemctl start blkwarden-agent. Without it, a throttle would not end");
    }
    Outcome outcome = output.require(answer, "see the agent's log and 'blkwarden-agent top'");
    output.print(
        (output.json()
                ? AsciiJson.line(outcome)
                : "%s %s: %s"
                    .formatted(
                        outcome.result().wire(),
                        Printable.of(disk),
                        Printable.of(outcome.detail())))
            + "\n");
    return switch (outcome.result()) {
      case REFUSED -> ExitCodes.REFUSED;
      case FAILED -> ExitCodes.FAILED;
      default -> ExitCodes.DONE;
    };
  }

  /** The operator: root, or who became root by sudo. */
  private static String user() {
    String user = System.getenv("SUDO_USER");
    return user == null || user.isBlank()
        ? Objects.requireNonNullElse(System.getProperty("user.name"), "root")
        : user;
  }
}
