package io.blkwarden.systemtests.access;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The nats-servers that permissions are tested with: this system's, and a current one. */
final class NatsPrograms {
  /** Names the current one; {@code deploy/lib/nats-current.sh} fetches it. */
  static final String CURRENT = "BLKWARDEN_NATS_CURRENT";

  private NatsPrograms() {}

  /** The programs. */
  static Stream<String> all() {
    List<String> programs = new ArrayList<>(List.of("nats-server"));
    String current = System.getenv(CURRENT);
    if (current != null && Files.isExecutable(Path.of(current))) {
      programs.add(current);
    } else {
      System.err.println("NOT VERIFIED: a current nats-server: " + CURRENT + " names none");
    }
    return programs.stream();
  }
}
