package io.blkwarden.systemtests;

import io.blkwarden.agent.cli.AgentCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Agents of simulated dom0s, as {@code blkwarden-agent simulate} runs them, on a thread. */
public final class SimulatedAgents implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Thread thread;

  private SimulatedAgents(Thread thread) {
    this.thread = thread;
  }

  /** Starts them with these options. */
  public static SimulatedAgents start(String... options) {
    List<String> words = new ArrayList<>(List.of("simulate"));
    words.addAll(List.of(options));
    Thread thread =
        new Thread(
            () -> {
              int _ = AgentCommand.commandLine().execute(words.toArray(String[]::new));
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
