package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Tty;
import io.blkwarden.commandline.top.TopLoop;
import io.blkwarden.commandline.top.TopOptions;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.RecordingTap;
import io.blkwarden.controller.top.FleetTop;
import io.blkwarden.model.HostId;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the fleet's disks do, live. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what the fleet's disks do, the worst first, and which are throttled (*).",
      "On a terminal it takes the whole screen: letters sort, / finds, q ends. Into a pipe, or with"
          + " --plain or --count, it prints a table for each interval. Takes an operator's"
          + " credentials; a controller sends the stored maps."
    })
final class TopCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin TopOptions top = new TopOptions();

  @Option(names = "--host", paramLabel = "NAME", description = "Only this host; may be repeated.")
  List<String> hosts = new ArrayList<>();

  TopCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    top.check();
    NatsSettings settings = nats.settings(context, "cli");
    Ear ear = new Ear(new FleetTop(settings.subjects(), only()));
    try (RecordingTap tap = RecordingTap.ofHosts(settings, new SecureRandom(), ear)) {
      new TopLoop(top, true, context.out(), Tty.ofProcess(context.environment()), System::nanoTime)
          .run(() -> ear.round(tap));
      return ExitCodes.DONE;
    } catch (IOException e) {
      return context.failed(
          "the terminal cannot be used: " + e.getMessage(), "print into a pipe by --plain");
    }
  }

  private Set<HostId> only() {
    return UsageException.unless(() -> hosts.stream().map(HostId::new).collect(Collectors.toSet()));
  }

  /** Tells what is heard to the view, with the time. */
  private record Ear(FleetTop fleet, AtomicBoolean again) implements RecordingTap.Taker {
    Ear(FleetTop fleet) {
      this(fleet, new AtomicBoolean());
    }

    @Override
    public void message(String subject, byte[] payload) {
      fleet.message(subject, payload, millis());
    }

    @Override
    public void stored(String subject, byte[] snapshot) {
      fleet.message(subject, snapshot, millis());
    }

    @Override
    public void backAgain() {
      again.set(true);
    }

    TopRound round(RecordingTap tap) {
      List<String> troubles = new ArrayList<>();
      if (!tap.connected()) {
        troubles.add("NATS is away; what hosts say comes again when it is back");
      } else if (again.getAndSet(false)) {
        tap.readStored(this); // they may have changed meanwhile
      }
      if (!tap.mapsProblem().isEmpty()) {
        troubles.add(tap.mapsProblem());
        again.set(true);
      }
      if (tap.dropped() > 0) {
        troubles.add(
            "%d messages came faster than they were taken; use --host".formatted(tap.dropped()));
      }
      return fleet.round(Instant.now(), millis(), troubles);
    }

    private static long millis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
  }
}
