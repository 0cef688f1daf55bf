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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The arguments of commands to the running agent of this host, and their outcome. */
final class LocalRequest {
  private static final Duration VALID_FOR = Duration.ofSeconds(15);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DOMAIN/DISK",
      description = "Disk, such as vm176/xvda2; the domain by name or UUID.")
  String disk = "";

  @Mixin StateOptions stateOptions = new StateOptions();
  @Mixin private HostName hostName = new HostName();

  @Option(
      names = "--json",
      description = "Print the outcome as a JSON object, and errors as JSON on stderr.")
  private boolean json;

  private final SecureRandom random = new SecureRandom();

  CommandOutput output() {
    return CommandOutput.of(spec.commandLine(), json);
  }

  MessageId newId() {
    return MessageId.of(System.currentTimeMillis(), random);
  }

  /** Sends a command to the agent and prints its outcome; returns the exit code. */
  int send(KernelFiles files, CommandAction action, String reason) {
    CommandOutput output = output();
    List<String> problems = new ArrayList<>();
    Optional<HostId> host = hostName.host(files, problems);
    if (host.isEmpty()) {
      return output.usageErrors(problems);
    }
    ReadResult<Outcome> answer =
        CommandSocket.ask(
            stateOptions.stateDir,
            new Command(
                newId(),
                host.get(),
                0,
                user(),
                Instant.now(),
                VALID_FOR.toMillis(),
                reason,
                action));
    return switch (answer) {
      case ReadResult.Present<Outcome>(Outcome outcome) -> print(outcome, output);
      case ReadResult.Absent<Outcome> _ ->
          output.error(
              ExitCodes.REFUSED,
              "no agent is running with --state-dir " + stateOptions.stateDir,
              "start it: systemctl start blkwarden-agent. Without it, a throttle would not end");
      case ReadResult<Outcome> none ->
          output.failed(none.describe(), "see the agent's log and 'blkwarden-agent top'");
    };
  }

  private int print(Outcome outcome, CommandOutput output) {
    output
        .out()
        .println(
            json
                ? AsciiJson.line(outcome)
                : "%s %s: %s"
                    .formatted(
                        outcome.result().wire(),
                        Printable.of(disk),
                        Printable.of(outcome.detail())));
    output.out().flush();
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
