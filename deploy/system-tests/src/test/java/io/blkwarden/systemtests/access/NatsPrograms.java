package io.blkwarden.systemtests.access;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The nats-server versions for tests of permissions: the installed one and a newer one. */
final class NatsPrograms {
  /** Path of the newer one; {@code deploy/lib/nats-current.sh} downloads it. */
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
