package io.blkwarden.controller.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.DiskRef;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.PhysicalDevice;
import io.blkwarden.model.Proof;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.Volume;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.Worker;
import io.blkwarden.model.WorkerKind;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class LadderTest {
  private static final Restraint LOW = Restraint.Priority.bestEffort(7);
  private static final Restraint IDLE = Restraint.Priority.IDLE;
  private static final Restraint LIMIT = new Restraint.Limit(20);
  private static final List<Restraint> LADDER = List.of(LOW, IDLE);

  private static PhysicalDevice device(String name, Actuator actuator) {
    return new PhysicalDevice(name, new DeviceNumber(8, 0), "none", actuator, null);
  }

  private static Ladder.Next next(
      List<Restraint> ladder, int from, List<PhysicalDevice> physical, boolean limits) {
    return Ladder.next(ladder, from, physical, limits, _ -> false);
  }

  @Test
  void harmfulStepIsSkippedWithTheReason() {
    List<PhysicalDevice> devices = List.of(device("sda", Actuator.EFFECTIVE));
    String why = "skipped best-effort/7: it harmed the neighbours here lately";
    assertThat(Ladder.next(LADDER, 0, devices, true, LOW::equals))
        .isEqualTo(new Ladder.Next.Available(1, IDLE, why));
    assertThat(Ladder.next(List.of(LOW), 0, devices, true, LOW::equals))
        .isEqualTo(new Ladder.Next.Exhausted(why));
  }

  @Test
  void nothingIsTriedOnADiskBehindThePageCache() {
    Volume cached = new Volume("/dev/vg/x", null, null, null, null, VolumeRole.SWAP, null, true);
    MappedDisk disk =
        new MappedDisk(
            new DomainRef(new UUID(1, 2), 7, "vm7"),
            new DiskRef("xvda2", 51714, BackendKind.QDISK, "w"),
            cached,
            List.of(device("sda", Actuator.INEFFECTIVE)),
            MappingState.RESOLVED,
            null,
            List.of(
                new Worker(
                    WorkerKind.QEMU, null, 256, 1933, "xen-qemu-system", null, Proof.OPEN_FILES)),
            Map.of());
    assertThat(Ladder.next(List.of(IDLE, LIMIT), 0, disk, true, _ -> false))
        .isEqualTo(
            new Ladder.Next.Ineffective(
                "no restraint acts on the disk: the kernel writes the page cache of its image to"
                    + " the device"));
  }

  @Test
  void stepDownSkipsIneffectiveSteps() {
    List<Restraint> ladder = List.of(LOW, IDLE, LIMIT);
    List<PhysicalDevice> all = List.of(device("sda", Actuator.EFFECTIVE));
    assertThat(Ladder.below(ladder, 2, all, true, _ -> false)).hasValue(1);
    assertThat(Ladder.below(ladder, 2, all, true, IDLE::equals)).hasValue(0);
    assertThat(Ladder.below(ladder, 0, all, true, _ -> false)).isEmpty();
    assertThat(Ladder.below(ladder, -1, all, true, _ -> false)).isEmpty();
    List<PhysicalDevice> classes = List.of(device("sda", Actuator.CLASS_ONLY));
    assertThat(Ladder.below(ladder, 2, classes, true, _ -> false)).hasValue(1);
    assertThat(Ladder.below(ladder, 1, classes, true, _ -> false)).isEmpty();
    List<PhysicalDevice> none = List.of(device("sda", Actuator.INEFFECTIVE));
    assertThat(Ladder.below(ladder, 2, none, true, _ -> false)).isEmpty();
  }

  @Test
  void stepsAreTriedInOrder() {
    List<PhysicalDevice> devices = List.of(device("sda", Actuator.EFFECTIVE));
    assertThat(next(LADDER, 0, devices, true)).isEqualTo(new Ladder.Next.Available(0, LOW, ""));
    assertThat(next(LADDER, 1, devices, true)).isEqualTo(new Ladder.Next.Available(1, IDLE, ""));
    assertThat(next(LADDER, 2, devices, true)).isEqualTo(new Ladder.Next.Exhausted(""));
  }

  @Test
  void levelsAreSkippedOnClassOnlyDevices() {
    List<PhysicalDevice> devices = List.of(device("sda", Actuator.CLASS_ONLY));
    assertThat(next(LADDER, 0, devices, true))
        .isEqualTo(
            new Ladder.Next.Available(
                1, IDLE, "skipped best-effort/7: sda (none) counts only the class"));
    assertThat(next(List.of(LOW), 0, devices, true)).isInstanceOf(Ladder.Next.Exhausted.class);
  }

  @Test
  void noPriorityIsTriedOnIneffectiveDevices() {
    assertThat(next(LADDER, 0, List.of(device("sda", Actuator.INEFFECTIVE)), true))
        .isEqualTo(new Ladder.Next.Ineffective("I/O priorities are ignored by sda (none)"));
  }

  @Test
  void stepsAreTriedOnUnknownDevices() {
    Ladder.Next first = new Ladder.Next.Available(0, LOW, "");
    assertThat(next(LADDER, 0, List.of(), true)).isEqualTo(first);
    assertThat(next(LADDER, 0, List.of(device("sda", Actuator.UNKNOWN)), true)).isEqualTo(first);
    assertThat(
            next(
                LADDER,
                0,
                List.of(device("sda", Actuator.INEFFECTIVE), device("sdb", Actuator.EFFECTIVE)),
                true))
        .isEqualTo(first);
  }

  @Test
  void limitIsUsedWithEverySchedulerAndIneffectivePrioritiesAreSkipped() {
    List<PhysicalDevice> ignoring = List.of(device("sda", Actuator.INEFFECTIVE));
    assertThat(next(List.of(LOW, IDLE, LIMIT), 0, ignoring, true))
        .isEqualTo(new Ladder.Next.Available(2, LIMIT, "I/O priorities are ignored by sda (none)"));
    assertThat(next(List.of(LIMIT), 0, ignoring, true))
        .isEqualTo(new Ladder.Next.Available(0, LIMIT, ""));
    assertThat(next(List.of(LIMIT, IDLE), 1, ignoring, true))
        .isInstanceOf(Ladder.Next.Ineffective.class);
  }

  @Test
  void limitIsSkippedIfTheAgentCannotSetIt() {
    List<PhysicalDevice> counting = List.of(device("sda", Actuator.EFFECTIVE));
    String why = "skipped limit 20/s: the host's agent does not offer limits";
    assertThat(next(List.of(LIMIT, IDLE), 0, counting, false))
        .isEqualTo(new Ladder.Next.Available(1, IDLE, why));
    assertThat(next(List.of(LIMIT), 0, counting, false)).isEqualTo(new Ladder.Next.Exhausted(why));
    assertThat(next(List.of(IDLE, LIMIT), 0, List.of(device("sda", Actuator.INEFFECTIVE)), false))
        .isEqualTo(new Ladder.Next.Ineffective("I/O priorities are ignored by sda (none); " + why));
  }
}
