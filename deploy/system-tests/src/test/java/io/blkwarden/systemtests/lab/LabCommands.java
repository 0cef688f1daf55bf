package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Random;

/** Sends commands in place of a controller. */
final class LabCommands {
  private static final long LEASE_MILLIS = 600_000;

  private LabCommands() {}

  /** A lease of ten minutes at idle priority. */
  static CommandAction idle(MappingSnapshot map, MappedDisk disk) {
    return new CommandAction.Set(
        MessageId.of(Instant.now().toEpochMilli(), new Random(1)),
        disk.domain(),
        disk.disk().vdev(),
        map.origin().boot(),
        disk.workers().stream().map(Worker::id).toList(),
        Restraint.Priority.IDLE,
        LEASE_MILLIS);
  }

  /** Sends a command and waits for the agent's answer. */
  static void send(FleetView fleet, CommandAction action, HostId host) throws Exception {
    Command command =
        new Command(
            MessageId.of(Instant.now().toEpochMilli(), new Random(2)),
            host,
            Integer.MAX_VALUE,
            "system-tests",
            Instant.now(),
            60_000,
            "a test in the lab",
            action);
    var reply =
        fleet
            .connection()
            .request(
                Subjects.DEFAULT.command(host),
                ControlJson.encode(command),
                Duration.ofSeconds(30));
    assertThat(Objects.requireNonNull(reply).getData()).isNotEmpty();
  }
}
