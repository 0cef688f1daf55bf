package io.blkwarden.agent.cli;

import io.blkwarden.agent.state.StateLock;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code blkwarden-agent hand-over}: run by package upgrades before they restart the agent. */
@Command(
    name = "hand-over",
    mixinStandardHelpOptions = true,
    description = {
      "Prepares an upgrade: the running agent leaves its leases to the next one.",
      "If the agent is stopped within 2 minutes, it does not end its leases. Start the next agent"
          + " at once, or run release-all."
    })
final class HandOverCommand implements Callable<Integer> {
  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Override
  public Integer call() {
    return switch (StateLock.attempt(stateOptions.folders(), StateLock.RETRY_FOR)) {
      case StateLock.Attempt.Busy() -> handOver();
      case StateLock.Attempt.Failed(String cause) -> output.failed(cause, StateOptions.REMEDY);
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        yield output.error(
            ExitCodes.REFUSED,
            "no agent is running with --state-dir " + stateOptions.stateDir,
            "set the --state-dir of the running agent, or start the next agent");
      }
    };
  }

  private int handOver() {
    output.requireNone(StateRequest.handOver(stateOptions.stateDir).make(), StateOptions.REMEDY);
    if (output.json()) {
      output.print(
          AsciiJson.document("blkwarden.hand-over.v1")
                  .put("state_dir", stateOptions.stateDir.toString())
                  .put("within_ms", StateRequest.HAND_OVER_VALID_FOR.toMillis())
              + "\n");
    }
    return ExitCodes.DONE;
  }
}
