package io.blkwarden.systemtests.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Volume;
import io.blkwarden.model.Worker;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingEvent.DeviceAdded;
import io.blkwarden.model.message.MappingEvent.DeviceRemoved;
import io.blkwarden.model.message.MappingEvent.DiskAttached;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.Subjects;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Changes of guests and volumes on a real dom0: map updates and refusal of outdated commands. */
@Tag("lab")
@Order(2)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GuestChangesLabTest {
  private static final Duration PROMPT = Duration.ofSeconds(2);

  private final Lab lab = Lab.running();
  private final FleetView fleet = LabWiring.fleet();
  private final Dom0 dom0 = new Dom0(lab, fleet);

  @BeforeAll
  void twoGuests() {
    lab.verb("guests", "vm101", "vm102");
    LabWiring.startAgent(lab);
    dom0.resolved(0, 4);
    // The first scans of a new JVM take seconds under emulation; they are not measured.
    for (int round = 0; round < 3; round++) {
      int mark = fleet.mark();
      lab.sh("lvcreate -q -y -Wn -Zn -L 8M -n extra vg");
      event(mark, DeviceAdded.class, e -> extra(e.volume()));
      lab.sh("lvremove -q -y vg/extra");
      event(mark, DeviceRemoved.class, e -> extra(e.volume()));
    }
  }

  @AfterAll
  void stop() throws Exception {
    lab.verb("agent", "stop");
    fleet.close();
  }

  @Test
  @Order(1)
  void restartedGuestIsMappedAgainAndItsOldMappingRefused() throws Exception {
    MappingSnapshot before = dom0.resolved(0, 4);
    MappedDisk old = Dom0.disk(before, "vm102", "xvda2");
    int mark = fleet.mark();

    Instant gone = dom0.after("xl destroy vm102");
    promptly(gone, event(mark, DiskDetached.class, e -> vm102(e.disk())));
    promptly(gone, event(mark, DomainStopped.class, e -> e.domain().name().equals("vm102")));

    // Not `lab guests`, which returns when the guest has booted, long after the measured time.
    // Under emulation xl sometimes exceeds a timeout and rolls back.
    Instant up =
        dom0.after("for try in 1 2 3 4 5 6; do xl create -q /etc/xen/vm102.cfg && break; done");
    promptly(up, event(mark, DomainStarted.class, e -> e.domain().name().equals("vm102")));
    promptly(up, event(mark, DiskAttached.class, e -> vm102(e.disk())));
    MappingSnapshot after =
        dom0.snapshot(
            mark,
            "vm102 with another domid and all proven",
            s ->
                s.disks().size() == 4
                    && s.disks().stream().allMatch(d -> d.state() == MappingState.RESOLVED)
                    && Dom0.disk(s, "vm102", "xvda2").domain().domid() != old.domain().domid());
    dom0.assertSameAsShell(after);

    // Without a fixed UUID, a restarted guest is another domain; with it, another
    // incarnation.
    assertThat(refusal(before, old))
        .isIn(Outcome.Refusal.STALE_MAPPING, Outcome.Refusal.UNKNOWN_DISK);
  }

  @Test
  @Order(2)
  void addedAndRemovedVolumesArePublished() {
    int mark = fleet.mark();
    Instant made = dom0.after("lvcreate -q -y -Wn -Zn -L 8M -n extra vg");
    promptly(made, event(mark, DeviceAdded.class, e -> extra(e.volume())));
    Instant removed = dom0.after("lvremove -q -y vg/extra");
    promptly(removed, event(mark, DeviceRemoved.class, e -> extra(e.volume())));
  }

  @Test
  @Order(3)
  void threeDigitDomidAndTwoRingsAreMapped() {
    lab.verb("destroy", "vm101");
    int mark = fleet.mark();
    lab.verb("burn", "100");
    lab.verb("guests-with-rings", "2", "vm103");
    MappingSnapshot snapshot =
        dom0.snapshot(
            mark,
            "vm103 with two proven rings a disk",
            s ->
                s.disks().stream()
                        .filter(d -> d.domain().name().equals("vm103") && d.workers().size() == 2)
                        .count()
                    == 2);
    assertThat(Dom0.disk(snapshot, "vm103", "xvda1").domain().domid()).isGreaterThanOrEqualTo(100);
    assertThat(Dom0.disk(snapshot, "vm103", "xvda2").workers())
        .extracting(Worker::proof)
        .containsOnly(Proof.FULL_NAME);
    dom0.assertSameAsShell(snapshot);
    lab.verb("destroy", "vm103");
  }

  private static boolean extra(Volume volume) {
    return "vg-extra".equals(volume.dmName());
  }

  private static boolean vm102(MappedDisk disk) {
    return disk.domain().name().equals("vm102");
  }

  private <T extends MappingEvent> T event(int mark, Class<T> type, Predicate<T> fits) {
    return fleet.await(mark, Dom0.PATIENCE, type.getSimpleName(), type, fits).message();
  }

  /** Time from the completed change to the creation of the event. */
  private static void promptly(Instant complete, MappingEvent event) {
    assertThat(Lab.clock().between(complete, event.origin().at()))
        .as(event.event())
        .isLessThan(PROMPT);
  }

  private Outcome.Refusal refusal(MappingSnapshot snapshot, MappedDisk disk) throws Exception {
    Random random = new Random(1);
    Instant now = Instant.now();
    HostId host = snapshot.origin().host();
    Command command =
        new Command(
            MessageId.of(now.toEpochMilli(), random),
            host,
            Integer.MAX_VALUE,
            "system-tests",
            now,
            60_000,
            "quotes a mapping that is over",
            new CommandAction.Set(
                MessageId.of(now.toEpochMilli(), random),
                disk.domain(),
                disk.disk().vdev(),
                snapshot.origin().boot(),
                disk.workers().stream().map(Worker::id).toList(),
                Restraint.Priority.IDLE,
                10_000));
    var reply =
        fleet
            .connection()
            .request(
                Subjects.DEFAULT.command(host),
                ControlJson.encode(command),
                Duration.ofSeconds(30));
    return switch (ControlJson.decode(
        Outcome.class, java.util.Objects.requireNonNull(reply).getData())) {
      case Decoded.Ok<Outcome>(Outcome outcome) ->
          java.util.Objects.requireNonNull(outcome.refusal(), outcome.detail());
      case Decoded.Malformed<Outcome> bad -> throw new AssertionError(bad);
    };
  }
}
