package io.blkwarden.simulation.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedDeviceTest {
  private static final double IOS_PER_SECOND = 200;

  private final SimulatedDisk swap = new SimulatedDisk(2, "vm1_swap", 1, 0.5, 0.5);
  private final SimulatedDisk neighbour = new SimulatedDisk(1, "vm2_img", 2, 60, 0.7);

  @ParameterizedTest
  @EnumSource(ServiceOrder.class)
  void lightLoadIsServedAndLeavesTheDeviceMostlyIdle(ServiceOrder order) {
    SimulatedDevice device = device(order);
    run(device, 10);
    assertThat(neighbour.counters.ios()).isBetween(590.0, 601.0);
    assertThat(device.busyMillis()).isLessThan(6_000);
  }

  @ParameterizedTest
  @EnumSource(ServiceOrder.class)
  void stormSaturatesTheDeviceAndIdleHelpsOnlyIfTheSchedulerHonoursIt(ServiceOrder order) {
    SimulatedDevice device = device(order);
    swap.storm = true;
    run(device, 20);
    double before = window(device);
    assertThat(before).as("swap I/O a second in the storm").isGreaterThan(IOS_PER_SECOND * 0.4);
    assertThat(device.busyMillis()).isGreaterThan(19_000);

    double hurt = neighbour.waiting();
    assertThat(hurt).as("neighbour's queued requests in the storm").isGreaterThan(10);

    swap.priority = IoPriority.IDLE;
    run(device, 10);
    switch (order) {
      case NONE, KYBER, BFQ_MERGED -> assertThat(neighbour.waiting()).isGreaterThan(hurt * 0.5);
      case MQ_DEADLINE, BFQ -> assertThat(neighbour.waiting()).isLessThan(3);
    }

    swap.storm = false;
    run(device, 20);
    assertThat(window(device)).isLessThan(1);
  }

  @ParameterizedTest
  @EnumSource(ServiceOrder.class)
  void limitHelpsWithAnyScheduler(ServiceOrder order) {
    SimulatedDevice device = device(order);
    swap.storm = true;
    run(device, 20);
    swap.limit(20);
    run(device, 10);
    assertThat(window(device)).isBetween(18.0, 22.0);
    assertThat(neighbour.waiting()).isLessThan(3);
    assertThat(swap.waiting()).as("visible in dom0").isLessThan(25);

    swap.limit(Double.POSITIVE_INFINITY);
    run(device, 20);
    assertThat(window(device)).isGreaterThan(IOS_PER_SECOND * 0.4);
  }

  private double window(SimulatedDevice device) {
    double start = swap.counters.ios();
    run(device, 10);
    return (swap.counters.ios() - start) / 10;
  }

  private static void run(SimulatedDevice device, int seconds) {
    for (int i = 0; i < seconds * 1_000 / SimulatedDevice.STEP_MILLIS; i++) {
      device.step();
    }
  }

  private SimulatedDevice device(ServiceOrder order) {
    SimulatedDevice device = new SimulatedDevice(order, IOS_PER_SECOND);
    device.add(swap);
    device.add(neighbour);
    return device;
  }
}
