package io.blkwarden.controller.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.Actuator;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.PhysicalDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LadderTest {
  private static final IoPriority LOW = IoPriority.bestEffort(7);
  private static final List<IoPriority> LADDER = List.of(LOW, IoPriority.IDLE);

  private static PhysicalDevice device(String name, Actuator actuator) {
    return new PhysicalDevice(name, new DeviceNumber(8, 0), "none", actuator);
  }

  @Test
  void rungsAreTriedInOrder() {
    List<PhysicalDevice> devices = List.of(device("sda", Actuator.EFFECTIVE));
    assertThat(Ladder.next(LADDER, 0, devices)).isEqualTo(new Ladder.Next.Rung(0, LOW, ""));
    assertThat(Ladder.next(LADDER, 1, devices))
        .isEqualTo(new Ladder.Next.Rung(1, IoPriority.IDLE, ""));
    assertThat(Ladder.next(LADDER, 2, devices)).isEqualTo(new Ladder.Next.Exhausted(""));
  }

  @Test
  void levelsAreSkippedWhereOnlyTheClassCounts() {
    List<PhysicalDevice> devices = List.of(device("sda", Actuator.CLASS_ONLY));
    assertThat(Ladder.next(LADDER, 0, devices))
        .isEqualTo(
            new Ladder.Next.Rung(
                1, IoPriority.IDLE, "skipped best-effort/7: sda (none) counts only the class"));
    assertThat(Ladder.next(List.of(LOW), 0, devices)).isInstanceOf(Ladder.Next.Exhausted.class);
  }

  @Test
  void nothingIsTriedWhereNothingCounts() {
    assertThat(Ladder.next(LADDER, 0, List.of(device("sda", Actuator.INEFFECTIVE))))
        .isEqualTo(new Ladder.Next.Ineffective("I/O priorities are ignored by sda (none)"));
  }

  @Test
  void whatIsNotKnownIsTried() {
    Ladder.Next first = new Ladder.Next.Rung(0, LOW, "");
    assertThat(Ladder.next(LADDER, 0, List.of())).isEqualTo(first);
    assertThat(Ladder.next(LADDER, 0, List.of(device("sda", Actuator.UNKNOWN)))).isEqualTo(first);
    assertThat(
            Ladder.next(
                LADDER,
                0,
                List.of(device("sda", Actuator.INEFFECTIVE), device("sdb", Actuator.EFFECTIVE))))
        .isEqualTo(first);
  }
}
