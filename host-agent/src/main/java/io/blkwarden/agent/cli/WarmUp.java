package io.blkwarden.agent.cli;

import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import java.security.SecureRandom;

/**
 * Initialises native calls, random numbers and JSON in the background while the command line is
 * parsed. It only saves startup time: nothing waits for it or depends on it.
 */
final class WarmUp {
  private WarmUp() {}

  static void start() {
    Thread.ofPlatform().daemon().name("warm-up").start(WarmUp::run);
  }

  private static void run() {
    // errors are reported where these are used
    Object _ = LinuxIoPriorities.open();
    Object _ = new SecureRandom();
    Object _ = ControlJson.decode(Command.class, new byte[] {'{', '}'});
  }
}
