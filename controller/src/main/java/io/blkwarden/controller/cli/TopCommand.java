package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Tty;
import io.blkwarden.commandline.top.DiskLine;
import io.blkwarden.commandline.top.TopLoop;
import io.blkwarden.commandline.top.TopOptions;
import io.blkwarden.commandline.top.TopRound;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.nats.RecordingTap;
import io.blkwarden.controller.top.FleetTop;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows live I/O of the fleet's disks. */
@Command(
    name = "top",
    description = {
      "Shows live I/O of the fleet's disks, the busiest first.",
      "* marks throttled disks. Full screen on a terminal: < and > sort, / searches, Enter shows a"
          + " disk, t throttles and r releases it after confirmation, q quits. In a pipe, or with"
          + " --plain or --count, prints one table per interval. Needs operator credentials; disks"
          + " are shown at once if a controller answers, else when their agent publishes its map."
    })
final class TopCommand extends CliCommand {
  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin TopOptions top = new TopOptions();

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Show only this host, e.g. dom0-7; repeatable.")
  List<String> hosts = new ArrayList<>();

  @Override
  public Integer call() throws NatsException {
    top.check();
    NatsSettings settings = nats.settings("cli");
    Feed feed = new Feed(new FleetTop(settings.subjects(), only()), new AtomicBoolean());
    try (RecordingTap tap = RecordingTap.ofHosts(settings, feed)) {
      Tty tty = Tty.ofProcess(context.environment());
      new TopLoop(top, true, this::act, context.out(), tty, System::nanoTime)
          .run(() -> feed.round(tap));
      return ExitCodes.DONE;
    } catch (IOException e) {
      return context.failed("the terminal cannot be used: " + e.getMessage(), "use --plain");
    }
  }

  /** Throttles or releases a disk; returns the reply. */
  String act(DiskLine disk, boolean throttle) {
    HostId host = new HostId(disk.host());
    OperatorRequest.Ask ask =
        throttle
            ? new OperatorRequest.Throttle(
                host,
                disk.uuid(),
                disk.disk(),
                Restraint.Priority.IDLE,
                TopLoop.Operator.LEASE.toMillis(),
                null)
            : new OperatorRequest.Release(host, disk.uuid(), disk.disk());
    try (OperatorSession session = nats.connect()) {
      OperatorReply reply = ask(session, "from top", ask);
      return reply.verdict().wire() + ": " + reply.detail();
    } catch (NatsException e) {
      return "failed: " + e.getMessage();
    }
  }

  private Set<HostId> only() {
    return made(() -> hosts.stream().map(HostId::new).collect(Collectors.toSet()));
  }

  /** Passes messages to the view. */
  private record Feed(FleetTop fleet, AtomicBoolean stale) implements RecordingTap.Taker {
    @Override
    public void message(String subject, byte[] payload) {
      fleet.message(subject, payload, millis());
    }

    @Override
    public void stored(String subject, byte[] snapshot) {
      message(subject, snapshot);
    }

    @Override
    public void backAgain() {
      stale.set(true);
    }

    TopRound round(RecordingTap tap) {
      List<String> notes = new ArrayList<>();
      if (!tap.connected()) {
        notes.add("disconnected from NATS; reconnecting");
      } else if (stale.getAndSet(false)) {
        tap.readStored(this);
      }
      if (!tap.mapsProblem().isEmpty()) {
        notes.add(tap.mapsProblem());
        stale.set(true);
      }
      if (tap.dropped() > 0) {
        notes.add("%d messages dropped: too many to process; use --host".formatted(tap.dropped()));
      }
      return fleet.round(Instant.now(), millis(), notes);
    }

    private static long millis() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
  }
}
