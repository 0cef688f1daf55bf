package io.blkwarden.agent.cli;

import io.blkwarden.agent.state.HandOver;
import io.blkwarden.agent.state.StateLock;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code blkwarden-agent hand-over}: run by package upgrades before they restart the agent. */
@Command(
    name = "hand-over",
    mixinStandardHelpOptions = true,
    description = {
      "For upgrades: if the running agent is stopped within 2 minutes, it leaves its leases to the"
          + " next agent instead of ending them. Start that one at once, or run release-all."
    })
final class HandOverCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Option(
      names = "--json",
      description = "Print the result as a JSON object, and errors as JSON on stderr.")
  private boolean json;

  @Override
  public Integer call() {
    CommandOutput output = CommandOutput.of(spec.commandLine(), json);
    return switch (StateLock.attempt(stateOptions.folders(), StateLock.RETRY_FOR)) {
      case StateLock.Attempt.Busy() -> {
        Optional<String> fault =
            new HandOver(stateOptions.stateDir, InstantSource.system()).request();
        yield fault.isPresent()
            ? output.failed(fault.get(), StateOptions.REMEDY)
            : handedOver(output);
      }
      case StateLock.Attempt.Failed(String cause) -> output.failed(cause, StateOptions.REMEDY);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        yield output.error(
            ExitCodes.REFUSED,
            "no agent is running with --state-dir %s: nothing to hand over"
                .formatted(stateOptions.stateDir),
            "set the --state-dir of the running agent, or start the next agent");
      }
    };
  }

  private int handedOver(CommandOutput output) {
    if (json) {
      output
          .out()
          .println(
              AsciiJson.MAPPER.writeValueAsString(
                  AsciiJson.MAPPER
                      .createObjectNode()
                      .put("schema", "blkwarden.hand-over.v1")
                      .put("state_dir", stateOptions.stateDir.toString())
                      .put("within_ms", HandOver.VALID_FOR.toMillis())));
    }
    return ExitCodes.DONE;
  }
}
