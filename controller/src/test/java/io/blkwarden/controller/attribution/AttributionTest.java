package io.blkwarden.controller.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.blkwarden.controller.attribution.Verdict.Culprits;
import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.attribution.Verdict.Reason;
import io.blkwarden.controller.attribution.model.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttributionTest {
  private static final AttributionRule RULE = new AttributionRule(20, 0.35, 0.1);
  private static final int SEEDS = 10;

  /**
   * Disks with 10 I/Os of 5 ms per second in one half, and the given number of 100 ms in the other.
   */
  private static AttributionWindow window(double... hurtIos) {
    AttributionWindow window = new AttributionWindow(hurtIos.length);
    for (int slot = 0; slot < AttributionWindow.SLOTS; slot++) {
      boolean hurt = slot >= AttributionWindow.SLOTS / 2;
      window.beginSlot();
      for (int disk = 0; disk < hurtIos.length; disk++) {
        double ios = hurt ? hurtIos[disk] : 10;
        window.put(disk, ios * (hurt ? 100 : 5), ios, 0);
      }
    }
    return window;
  }

  @Test
  void namesTheDiskWhoseLoadRoseWithItsNeighboursLatency() {
    assertThat(named(window(300, 10))).containsExactly(0);
  }

  @Test
  void namesTwoDisksThatCausedItTogether() {
    assertThat(named(window(10, 300, 250, 10))).containsExactly(1, 2);
  }

  @Test
  void victimIsNotNamedForItsOwnLatency() {
    assertThat(reason(window(10, 10, 10))).isEqualTo(Reason.SLOW_DEVICE);
  }

  @Test
  void manySmallDisksAreNotNamed() {
    assertThat(reason(window(40, 40, 40, 40, 40, 40, 40, 40))).isEqualTo(Reason.MANY_SMALL);
  }

  @Test
  void smallMarginNamesNoDisk() {
    assertThat(reason(window(60, 55, 55, 55, 50))).isEqualTo(Reason.MARGIN);
  }

  @Test
  void unknownSlotsAreIgnored() {
    AttributionWindow window = window(300, 10);
    for (int slot = 0; slot < AttributionWindow.SLOTS - 2; slot++) {
      window.beginSlot();
    }
    assertThat(reason(window)).isEqualTo(Reason.TOO_FEW_SAMPLES);
  }

  @Test
  void singleDiskIsNotNamed() {
    assertThat(reason(window(300))).isEqualTo(Reason.NO_NEIGHBOURS);
  }

  @Test
  void correlationIsLatencyContrastTimesLoadContrast() {
    double waits = 1 - Math.sqrt(5.0 / 100);
    assertThat(correlation(window(300, 10), 0)).isCloseTo(waits * 290 / 310, within(1e-5));
    assertThat(correlation(window(300, 10), 1)).isZero();
  }

  @Test
  void constantLoadDoesNotCorrelateWithMostlyAffectedSlots() {
    AttributionWindow window = new AttributionWindow(3);
    for (int slot = 0; slot < AttributionWindow.SLOTS; slot++) {
      boolean hurt = slot >= AttributionRule.SLOTS_MIN;
      window.beginSlot();
      window.put(0, 200 * (hurt ? 50 : 5), 200, 0);
      window.put(1, 10 * (hurt ? 50 : 5), 10, 0);
      window.put(2, (hurt ? 90 : 10) * 50, hurt ? 90 : 10, 0);
    }
    assertThat(correlation(window, 0)).isCloseTo(0, within(1e-9));
    assertThat(correlation(window, 2)).isGreaterThan(0.5);
  }

  @Test
  void medianOfTheNeighboursExcludesTheDisk() {
    AttributionWindow window = new AttributionWindow(5);
    window.beginSlot();
    double[] awaits = {7, 3, 9, 3};
    for (int disk = 0; disk < awaits.length; disk++) {
      window.put(disk, awaits[disk], 1, 0);
    }
    NeighbourLatencies waits = NeighbourLatencies.of(window);
    assertThat(waits.besides(0, 0)).isEqualTo(3);
    assertThat(waits.besides(0, 1)).isEqualTo(7);
    assertThat(waits.besides(0, 2)).isEqualTo(3);
    assertThat(waits.besides(0, 3)).isEqualTo(7);
    assertThat(waits.besides(0, 4)).isEqualTo(3);
    assertThat(waits.ofAll(0)).isEqualTo(3);
  }

  @Test
  void oldestSlotIsOverwritten() {
    AttributionWindow window = window(300, 10);
    for (int slot = 0; slot < AttributionWindow.SLOTS / 2; slot++) {
      window.beginSlot();
      window.put(0, 200 * 100, 200, 0);
      window.put(1, 10 * 100, 10, 0);
    }
    assertThat(correlation(window, 0)).isNaN();
  }

  private static double correlation(AttributionWindow window, int disk) {
    return SuspectSums.of(window, NeighbourLatencies.of(window), disk, 20).correlation();
  }

  @Test
  void isRarelyWrongOnTheModel() {
    Score sum = Score.NONE;
    for (Kind kind : Kind.values()) {
      sum = sum.plus(Score.of(Accuser.BLAME, kind, 1, SEEDS));
    }
    assertThat(sum.precision()).isGreaterThanOrEqualTo(0.95);
    assertThat(sum.recall()).isGreaterThanOrEqualTo(0.5);
  }

  private static List<Integer> named(AttributionWindow window) {
    return ((Culprits) Attribution.evaluate(window, RULE))
        .named().stream().map(Suspect::disk).toList();
  }

  private static Reason reason(AttributionWindow window) {
    return ((NoClearCulprit) Attribution.evaluate(window, RULE)).reason();
  }
}
