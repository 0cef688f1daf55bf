package io.blkwarden.agent;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.agent.cli.AgentLog;
import io.blkwarden.commandline.log.LogFormat;
import java.util.List;

/** Starts {@code blkwarden-agent}. */
public final class Main {
  private Main() {}

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("top") && System.getenv("BLKWARDEN_LOG") == null) {
      System.setProperty("BLKWARDEN_LOG", "OFF"); // a log would disturb the screen
    }
    AgentLog.begin(
        List.of(args).contains("--json") // stderr is JSON, too
            ? "json"
            : LogFormat.of(args, System.getenv()));
    System.exit(AgentCommand.execute(args, System.getenv()));
  }
}
