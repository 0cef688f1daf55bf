package io.blkwarden.agent.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.Captured;
import io.blkwarden.testing.Property;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UeventTest {
  @Test
  void parsesUeventsOfAGuest() {
    List<Uevent> events = kernelEvents("udevadm-monitor-vbd.txt");

    assertThat(events).hasSize(15);
    Uevent first = events.getFirst();
    assertThat(first.action()).isEqualTo("add");
    assertThat(first.devpath()).isEqualTo("/devices/vbd-3-51713");
    assertThat(first.subsystem()).isEqualTo("xen-backend");
    assertThat(events).extracting(Uevent::action).contains("bind", "unbind", "remove");
  }

  @Test
  void parsesUeventsOfVolumes() {
    assertThat(kernelEvents("udevadm-monitor-lvm.txt"))
        .filteredOn(event -> event.devpath().equals("/devices/virtual/block/dm-4"))
        .first()
        .extracting(Uevent::subsystem)
        .isEqualTo("block");
  }

  @Test
  void refusesMessagesOfUdev() {
    assertThat(parse("libudev", "\u00fe\u00ed\u00ca\u00fe", "ACTION=add").describe())
        .contains("a message of the kernel")
        .contains("udev");
  }

  @Test
  void reportsMissingVariables() {
    assertThat(parse("add@/d", "ACTION=add", "DEVPATH=/d", "SEQNUM=1").describe())
        .contains("SUBSYSTEM");
    assertThat(parse("add@/e", "ACTION=add", "DEVPATH=/d", "SUBSYSTEM=block").describe())
        .contains("expected add@/d");
    assertThat(parse("add@/d", "ACTION=add", "nonsense").describe()).contains("NAME=VALUE");
    assertThat(Uevent.parse(ByteBuffer.allocate(8_193)).describe()).contains("at most 8192 bytes");
    assertThat(Uevent.parse(ByteBuffer.allocate(0))).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void neverThrows() {
    Property.check(
        1_000,
        given -> {
          byte[] bytes = given.bytes();
          assertThat(Uevent.parse(ByteBuffer.wrap(bytes))).isNotNull();
        });
  }

  @Test
  void neverThrowsOnVariables() {
    Property.check(
        200,
        given -> {
          List<String> variables = given.list(0, 20, given::text);
          assertThat(parse(variables.toArray(String[]::new))).isNotNull();
        });
  }

  /** The events that {@code udevadm monitor -k -p} printed, in the form the kernel sent them. */
  private static List<Uevent> kernelEvents(String file) {
    List<Uevent> events = new ArrayList<>();
    for (String block : Captured.text(file).split("\n\n", -1)) {
      List<String> lines = block.lines().toList();
      if (lines.isEmpty() || !lines.getFirst().startsWith("KERNEL")) {
        continue;
      }
      String[] words = lines.getFirst().split("\\s+", -1);
      List<String> message = new ArrayList<>(List.of(words[1] + "@" + words[2]));
      message.addAll(lines.subList(1, lines.size()));
      switch (parse(message.toArray(String[]::new))) {
        case ReadResult.Present<Uevent>(Uevent event) -> events.add(event);
        case ReadResult<Uevent> bad -> throw new AssertionError(bad.describe());
      }
    }
    return events;
  }

  private static ReadResult<Uevent> parse(String... strings) {
    return Uevent.parse(
        ByteBuffer.wrap((String.join("\0", strings) + "\0").getBytes(StandardCharsets.UTF_8)));
  }
}
