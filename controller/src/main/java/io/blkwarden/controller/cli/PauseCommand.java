package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.message.Pause;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops all acting. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Lets nothing act until 'blkwarden resume': policies are judged and alerts told as ever, but",
      "nothing is throttled, by hand neither, and leases that are held end at their time.",
      "Holds over restarts and for every controller. To end leases at once: release --all."
    })
final class PauseCommand implements Callable<Integer> {
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin AsJson asJson = new AsJson();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record.")
  String reason = "";

  PauseCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    Pause pause = Misuse.unless(() -> new Pause(Asking.who(shell), reason, Instant.now()));
    return Saying.act(
        shell,
        nats,
        bucket -> {
          bucket.set(pause);
          return Saying.said(
              shell, asJson, pause, "acting is paused; leases that are held end at their time");
        });
  }
}
