package io.blkwarden.controller.nats;

import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValueOptions;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams and buckets of an installation, created when they are missing.
 *
 * <p>All are kept in files and bounded: the oldest go first. What exists is left as the operator
 * configured it, except for what protects it ({@link StreamPlan}), and except that a stream learns
 * the subjects of this installation's prefix.
 */
public final class JetStreamAssets {
  private static final Logger log = LoggerFactory.getLogger(JetStreamAssets.class);

  /** Stream of outcomes. */
  public static final String AUDIT = "BLKWARDEN_AUDIT";

  /** Stream of alerts. */
  public static final String ALERTS = "BLKWARDEN_ALERTS";

  /** Stream of decisions. */
  public static final String DECISIONS = "BLKWARDEN_DECISIONS";

  /** Bucket of the last snapshots. */
  public static final String MAPPING = "blkwarden-mapping";

  /** Bucket of the claim. */
  public static final String CLAIM = "blkwarden-claim";

  /** Bucket of what was learned. */
  public static final String SPEC = "blkwarden-spec";

  /** Bucket of what people said. */
  public static final String SAID = "blkwarden-silences";

  /** How long a request waits for its answer. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private static final long LEAST_BYTES = 1L << 20;
  private static final int NOT_FOUND = 404;

  /** Code of nats-server for "insufficient storage resources available". */
  private static final int NO_ROOM = 10047;

  private final Connection connection;
  private final Subjects subjects;
  private final String servers;

  JetStreamAssets(Connection connection, Subjects subjects, String servers) {
    this.connection = connection;
    this.subjects = subjects;
    this.servers = servers;
  }

  static JetStreamOptions options() {
    return JetStreamOptions.builder().requestTimeout(REQUEST_TIMEOUT).build();
  }

  /** For publishing: an acknowledgement that comes later than this is too late. */
  static JetStreamOptions publishOptions(Duration within) {
    return JetStreamOptions.builder().requestTimeout(within).build();
  }

  static KeyValueOptions bucketOptions() {
    return KeyValueOptions.builder().jetStreamOptions(options()).build();
  }

  /** Creates what is missing and protects what exists; waits for the server. */
  void ensure() throws NatsException {
    boolean _ = ensureAll();
  }

  /** The same; returns whether one was missing. */
  boolean ensureAll() throws NatsException {
    try {
      JetStreamManagement streams = connection.jetStreamManagement(options());
      boolean created = false;
      for (StreamPlan plan : StreamPlan.all(subjects)) {
        created |= ensure(streams, plan);
      }
      return created;
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      throw explain(e, connection, servers);
    }
  }

  private static boolean ensure(JetStreamManagement streams, StreamPlan plan)
      throws IOException, JetStreamApiException {
    StreamConfiguration found;
    try {
      found = streams.getStreamInfo(plan.name()).getConfiguration();
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != NOT_FOUND) {
        throw e;
      }
      fitting(plan.name(), plan.maxBytes(), bytes -> streams.addStream(plan.create(bytes)));
      return true;
    }
    if (!found.getSubjects().contains(plan.subject())) {
      found = streams.updateStream(plan.withSubject(found)).getConfiguration();
    }
    Optional<StreamConfiguration> better = plan.protect(found);
    if (better.isPresent()) {
      try {
        streams.updateStream(better.get());
        log.info("stream {}: now protected against {}", plan.name(), plan.lacks(found));
      } catch (JetStreamApiException e) {
        log.error(
            "stream {}: not protected against {}, as the server refuses the update ({}). Update it"
                + " by hand, or delete it, with all that it stores, and restart the controller to"
                + " create it",
            plan.name(),
            plan.lacks(found),
            e.getMessage());
      }
    }
    return false;
  }

  private interface Creation {
    Object of(long bytes) throws IOException, JetStreamApiException;
  }

  /** Creates it with fewer bytes where the server has no room for so many: an eighth each time. */
  private static void fitting(String name, long maxBytes, Creation creation)
      throws IOException, JetStreamApiException {
    for (long bytes = maxBytes; true; bytes /= 8) {
      try {
        Object _ = creation.of(bytes);
        if (bytes < maxBytes) {
          log.warn(
              "JetStream has little room: {} keeps at most {} MiB, not {}; raise nats-server's"
                  + " max_file_store, delete the stream, and restart the controller to create a"
                  + " larger one",
              name,
              bytes >> 20,
              maxBytes >> 20);
        }
        return;
      } catch (JetStreamApiException e) {
        if (e.getApiErrorCode() != NO_ROOM || bytes / 8 < LEAST_BYTES) {
          throw e;
        }
      }
    }
  }

  /** Fails if JetStream as a whole does not work, even if the server still serves some streams. */
  static void check(Connection link, String servers) throws NatsException {
    try {
      Optional<Complaint> fault = JetStreamFault.check(link);
      if (fault.isPresent()) {
        throw told(fault.get(), servers, null);
      }
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }

  private static NatsException told(Complaint why, String servers, @Nullable Exception e) {
    return new NatsException("NATS at %s: %s".formatted(servers, why.error()), why.hint(), e);
  }

  /** Cause and remedy of a JetStream failure; may wait for the server. */
  static NatsException explain(Exception e, Connection link, String servers) {
    try {
      return told(JetStreamFault.ask(e, link), servers, e);
    } catch (InterruptedException interrupted) {
      return NatsException.interrupted(interrupted);
    }
  }
}
