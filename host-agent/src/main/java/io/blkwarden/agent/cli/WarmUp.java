package io.blkwarden.agent.cli;

import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Command;
import java.security.SecureRandom;

/**
 * What a service needs once its command line was read, made ready meanwhile on another processor:
 * the JVM's code for native calls, its source of random numbers, and the reader of JSON. Each is
 * made once in a process, whoever asks first; nothing waits for this, and nothing depends on it.
 */
final class WarmUp {
  private WarmUp() {}

  static void begin() {
    Thread.ofPlatform().daemon().name("head-start").start(WarmUp::makeReady);
  }

  private static void makeReady() {
    // What is wrong with any of it is told where it is used.
    Object _ = LinuxIoPriorities.open();
    Object _ = new SecureRandom();
    Object _ = ControlJson.decode(Command.class, new byte[] {'{', '}'});
  }
}
