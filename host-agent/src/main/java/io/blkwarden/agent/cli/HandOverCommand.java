package io.blkwarden.agent.cli;

import io.blkwarden.agent.lease.HandOver;
import io.blkwarden.agent.lease.StateLock;
import io.blkwarden.commandline.ExitCodes;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    return switch (StateLock.attempt(stateOptions.stateDir, StateLock.LOOK)) {
      case StateLock.Attempt.Busy() -> {
        Optional<String> fault = new HandOver(stateOptions.stateDir, InstantSource.system()).make();
        fault.ifPresent(why -> err.println("error: " + why));
        yield fault.isPresent() ? ExitCodes.FAILED : ExitCodes.DONE;
      }
      case StateLock.Attempt.Failed(String cause) -> {
        err.println("error: " + cause);
        yield ExitCodes.FAILED;
      }
      case StateLock.Attempt.Taken(StateLock lock) -> {
        lock.close();
        err.println(
            "error: no agent runs with --state-dir %s; there is nothing to hand over"
                .formatted(stateOptions.stateDir));
        yield ExitCodes.REFUSED;
      }
    };
  }
}
