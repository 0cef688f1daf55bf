package io.blkwarden.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** The golden messages, which are never edited, and their schemas. */
final class Golden {
  private static final List<String> NAMES =
      List.of(
          "domain-started",
          "domain-stopped",
          "disk-attached",
          "disk-detached",
          "device-added",
          "device-removed",
          "workers-changed",
          "mapping-snapshot",
          "heartbeat",
          "command",
          "outcome",
          "alert",
          "operator-request",
          "operator-reply",
          "silence",
          "ack",
          "pause",
          "mapping-snapshot.device",
          "workers-changed.labels",
          "heartbeat.limit",
          "heartbeat.queue",
          "command.limit",
          "outcome.limit",
          "alert.limit",
          "operator-request.limit",
          "alert.incident",
          "alert.blame",
          "alert.quiet",
          "alert.epoch",
          "alert.device",
          "operator-request.approve",
          "operator-reply.proposals",
          "decision",
          "silence.key",
          "ack.key",
          "pause.key",
          "decision.request",
          "operator-request.silence",
          "operator-request.expire",
          "operator-request.ack",
          "operator-request.unack",
          "operator-request.pause",
          "operator-request.resume",
          "operator-reply.pause",
          "operator-request.fleet",
          "operator-request.force",
          "operator-reply.fleet",
          "replay-request",
          "replay-request.since",
          "replay-page",
          "replay-page.gzip",
          "replay-page.refused",
          "disk-changed");

  private Golden() {}

  static Stream<String> names() {
    return NAMES.stream();
  }

  static String message(String name) {
    return text("/golden/" + name + ".v1.json");
  }

  /** Further examples of a schema are named SCHEMA.EXAMPLE. */
  static String schemaName(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  static String schema(String name) {
    return text("/io/blkwarden/schema/" + schemaName(name) + ".v1.json");
  }

  private static String text(String resource) {
    try (InputStream in = Golden.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
