package io.blkwarden.systemtests;

import io.blkwarden.simulation.cli.SimulateCommand;
import java.time.Duration;
import picocli.CommandLine;

/** The {@code simulate} program on a thread of this process. */
public final class SimulatedAgents implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Thread thread;

  private SimulatedAgents(Thread thread) {
    this.thread = thread;
  }

  /** Starts them with these options. */
  public static SimulatedAgents start(String... options) {
    Thread thread =
        new Thread(
            () -> {
              int _ = new CommandLine(new SimulateCommand()).execute(options);
            },
            "simulated-agents");
    thread.start();
    return new SimulatedAgents(thread);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
