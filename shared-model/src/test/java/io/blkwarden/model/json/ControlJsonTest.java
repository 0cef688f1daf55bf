package io.blkwarden.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.WorkerKind;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingOrigin;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ControlJsonTest {
  private static final UUID BOOT = new UUID(1, 2);
  private static final DomainRef VM176 = new DomainRef(new UUID(3, 4), 137, "vm176");

  @Test
  void mappingEventRoundTripStartsWithItsSchema() {
    var disk =
        new MappedDisk(
            VM176,
            new DiskRef("xvda2", 51714, BackendKind.VBD, "w"),
            new Volume(
                "/dev/vg/vm176_swap",
                new DeviceNumber(253, 20),
                "dm-20",
                "vg-vm176_swap",
                "LVM-x",
                VolumeRole.SWAP,
                null,
                null),
            List.of(),
            MappingState.RESOLVED,
            null,
            List.of(
                new Worker(
                    WorkerKind.BLKBACK,
                    0,
                    27444,
                    982213,
                    "137.xvda2-0",
                    IoPriority.UNSET,
                    Proof.FULL_NAME)),
            Map.of());
    var event =
        new DiskAttached(
            new MappingOrigin(
                new HostId("dom0-7"),
                BOOT,
                new UUID(5, 6),
                9,
                Instant.parse("2026-11-22T18:00:05.120Z")),
            disk);

    byte[] json = ControlJson.encode(event);

    assertThat(new String(json, UTF_8))
        .startsWith("{\"schema\":\"blkwarden.disk-attached.v1\",\"host\":\"dom0-7\"")
        .contains(
            "\"at\":\"2026-11-22T18:00:05.120Z\"", "\"device\":\"253:20\"", "\"start_ticks\"");
    assertThat(ControlJson.decode(MappingEvent.class, json)).isEqualTo(new Decoded.Ok<>(event));
  }

  @Test
  void commandRoundTrip() {
    var id = new MessageId("01JDAAAAAAAAAAAAAAAAAAAAAA");
    var command =
        new Command(
            id,
            new HostId("dom0-7"),
            3,
            "controller",
            Instant.EPOCH,
            5_000,
            "swap storm",
            new CommandAction.Set(
                id,
                VM176,
                "xvda2",
                BOOT,
                List.of(new WorkerId(27444, 982213)),
                Restraint.Priority.IDLE,
                300_000));

    assertThat(ControlJson.decode(Command.class, ControlJson.encode(command)))
        .isEqualTo(new Decoded.Ok<>(command));
  }

  @Test
  void errorsHaveAReasonAndAnOffset() {
    assertThat(fault("")).isEqualTo(Decoded.Reason.TRUNCATED);
    assertThat(fault("{\"schema\":\"blkwarden.command.v1\",")).isEqualTo(Decoded.Reason.TRUNCATED);
    assertThat(fault("nonsense")).isEqualTo(Decoded.Reason.SYNTAX);
    assertThat(fault("{\"schema\":\"blkwarden.tea.v9\"}")).isEqualTo(Decoded.Reason.UNKNOWN_SCHEMA);
    assertThat(fault("{}")).isEqualTo(Decoded.Reason.UNKNOWN_SCHEMA);
    assertThat(fault("{\"schema\":\"blkwarden.command.v1\"}"))
        .isEqualTo(Decoded.Reason.INVALID_FIELD);
    assertThat(fault("null")).isEqualTo(Decoded.Reason.UNKNOWN_SCHEMA);
  }

  @Test
  void tooLargeOrTooDeepIsRejected() {
    String schema = "{\"schema\":\"blkwarden.command.v1\",\"x\":";
    assertThat(fault(schema + "\"" + "a".repeat(ControlJson.MAX_BYTES) + "\"}"))
        .isEqualTo(Decoded.Reason.TOO_LARGE);
    assertThat(fault(schema + "[".repeat(100_000) + "]".repeat(100_000) + "}"))
        .isEqualTo(Decoded.Reason.TOO_LARGE);
  }

  private static Decoded.Reason fault(String json) {
    return switch (ControlJson.decode(ControlMessage.class, json.getBytes(UTF_8))) {
      case Decoded.Malformed<ControlMessage> m -> m.reason();
      case Decoded.Ok<ControlMessage> ok -> throw new AssertionError("decoded: " + ok);
    };
  }
}
