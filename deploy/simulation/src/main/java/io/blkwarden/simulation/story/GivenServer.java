package io.blkwarden.simulation.story;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.time.Duration;
import java.util.List;

/**
 * Checks whether a given NATS server is free for a demonstration, and cleans up afterwards.
 *
 * <p>{@code check} exits 0 when blkwarden has no streams at {@code NATS_URL}, else 1. {@code clear}
 * deletes blkwarden's streams.
 */
public final class GivenServer {
  private static final List<String> PREFIXES = List.of("BLKWARDEN_", "KV_blkwarden-");

  private GivenServer() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    System.exit(run(args[0], System.getenv("NATS_URL")));
  }

  private static int run(String verb, String url) throws Exception {
    Options options =
        Options.builder().server(url).connectionTimeout(Duration.ofSeconds(5)).build();
    Connection connection = Nats.connect(options);
    try {
      JetStreamManagement streams = connection.jetStreamManagement();
      List<String> ours =
          streams.getStreamNames().stream()
              .filter(name -> PREFIXES.stream().anyMatch(name::startsWith))
              .toList();
      if (verb.equals("check")) {
        return ours.isEmpty() ? 0 : 1;
      }
      for (String name : ours) {
        streams.deleteStream(name);
      }
      return 0;
    } finally {
      connection.close();
    }
  }
}
