package io.blkwarden.controller.bench;

import com.sun.management.ThreadMXBean;
import io.blkwarden.model.sample.SampleFrame;
import java.lang.management.ManagementFactory;

/**
 * CPU time of the step by the thread's CPU clock, for shared machines: prints nanoseconds and bytes
 * per disk-sample, the time of a tick, and the heap per disk.
 */
public final class StepCpu {
  private static final int ROUNDS = 6;

  private StepCpu() {}

  /** Argument: number of disks. */
  public static void main(String[] args) {
    int disks = Integer.parseInt(args[0]);
    int seconds = Math.max(5, 2_000_000 / disks);
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = Heap.used();
    BenchFleet fleet = new BenchFleet(disks);
    int effects = fleet.takeAll(fleet.nextFrame());
    System.out.printf("heap: %.0f B per disk%n", (double) (Heap.used() - before) / disks);
    for (int round = 0; round < ROUNDS; round++) {
      long samples = 0;
      long bytes = 0;
      long ticks = 0;
      for (int i = 0; i < seconds; i++) {
        SampleFrame frame = fleet.nextFrame();
        long allocated = thread.getCurrentThreadAllocatedBytes();
        long begun = thread.getCurrentThreadCpuTime();
        effects += fleet.takeAll(frame);
        long taken = thread.getCurrentThreadCpuTime();
        bytes += thread.getCurrentThreadAllocatedBytes() - allocated;
        effects += fleet.tick();
        ticks += thread.getCurrentThreadCpuTime() - taken;
        samples += taken - begun;
      }
      double all = (double) seconds * disks;
      System.out.printf(
          "%.1f ns and %.2f B per disk-sample; tick %.2f ms, %.1f ns per disk%n",
          samples / all, bytes / all, ticks / 1e6 / seconds, ticks / all);
    }
    System.out.printf("effects: %d%n", effects);
  }
}
