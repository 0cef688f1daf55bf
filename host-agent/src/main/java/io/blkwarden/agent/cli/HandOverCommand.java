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

/**
 * {@code blkwarden-agent hand-over}: what a package's upgrade says before it restarts the agent.
 */
@Command(
    name = "hand-over",
    mixinStandardHelpOptions = true,
    description = {
      "For upgrades: the agent that runs leaves its leases to the next one if it is stopped within"
          + " 2 minutes, instead of ending them. Start the next one at once, or run release-all."
    })
final class HandOverCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Option(
      names = "--json",
      description = "Print what was done as a JSON object, and errors on stderr as such.")
  private boolean json;

  @Override
  public Integer call() {
    CommandOutput voice = CommandOutput.of(spec.commandLine(), json);
    return switch (StateLock.attempt(stateOptions.folders(), StateLock.LOOK)) {
      case StateLock.Attempt.Busy() -> {
        Optional<String> fault = new HandOver(stateOptions.stateDir, InstantSource.system()).make();
        yield fault.isPresent()
            ? voice.failed(fault.get(), StateOptions.REMEDY)
            : handedOver(voice);
      }
      case StateLock.Attempt.Failed(String cause) -> voice.failed(cause, StateOptions.REMEDY);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        yield voice.complain(
            ExitCodes.REFUSED,
            "no agent runs with --state-dir %s; there is nothing to hand over"
                .formatted(stateOptions.stateDir),
            "name its --state-dir, or start the next agent as it is");
      }
    };
  }

  private int handedOver(CommandOutput voice) {
    if (json) {
      voice
          .out()
          .println(
              AsciiJson.MAPPER.writeValueAsString(
                  AsciiJson.MAPPER
                      .createObjectNode()
                      .put("schema", "blkwarden.hand-over.v1")
                      .put("state_dir", stateOptions.stateDir.toString())
                      .put("within_ms", HandOver.PATIENCE.toMillis())));
    }
    return ExitCodes.DONE;
  }
}
