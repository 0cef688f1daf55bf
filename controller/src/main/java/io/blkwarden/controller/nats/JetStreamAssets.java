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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams and buckets of an installation, created when they are missing.
 *
 * <p>All are kept in files and bounded: the oldest go first. What exists is left as the operator
 * configured it, except for what protects it ({@link StreamPlan}), for its replicas ({@link
 * Replicas}), and except that a stream learns the subjects of this installation's prefix.
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
  private final Replicas replicas;
  private final Set<String> unprotected = new HashSet<>();

  JetStreamAssets(Connection connection, Subjects subjects, String servers) {
    this(connection, subjects, servers, Replicas.AUTO);
  }

  JetStreamAssets(Connection connection, Subjects subjects, String servers, int replicas) {
    this.connection = connection;
    this.subjects = subjects;
    this.servers = servers;
    this.replicas = new Replicas(replicas);
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

  /** The same, and replicates what exists; returns whether one was missing. */
  boolean ensureAll() throws NatsException {
    try {
      int wanted = replicas.wanted(connection);
      JetStreamManagement streams = connection.jetStreamManagement(options());
      boolean created = false;
      for (StreamPlan plan : StreamPlan.all(subjects)) {
        created |= ensure(streams, plan, wanted);
      }
      replicas.tell(wanted, servers);
      return created;
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      throw explain(e, connection, servers);
    }
  }

  /** Whether it was missing. */
  private boolean ensure(JetStreamManagement streams, StreamPlan plan, int wanted)
      throws IOException, JetStreamApiException {
    StreamConfiguration found;
    try {
      found = streams.getStreamInfo(plan.name()).getConfiguration();
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != NOT_FOUND) {
        throw e;
      }
      create(streams, plan, wanted);
      return true;
    }
    if (!found.getSubjects().contains(plan.subject())) {
      found = streams.updateStream(plan.withSubject(found)).getConfiguration();
    }
    found = protect(streams, plan, found);
    if (replicas.differs(found.getReplicas(), wanted)) {
      replicate(streams, plan, found, wanted);
    }
    return false;
  }

  /** Creates it, with fewer replicas where the server cannot have so many. */
  private void create(JetStreamManagement streams, StreamPlan plan, int wanted)
      throws IOException, JetStreamApiException {
    for (int n = wanted; true; n = Replicas.below(n)) {
      int count = n;
      try {
        fitting(plan, bytes -> streams.addStream(plan.create(bytes, count)));
        return;
      } catch (JetStreamApiException e) {
        if (n == 1 || !Replicas.refused(e)) {
          throw e;
        }
        replicas.few(plan.name(), e.getErrorDescription());
      }
    }
  }

  /** Changes the number of replicas of one that exists, as far as the server can. */
  private void replicate(
      JetStreamManagement streams, StreamPlan plan, StreamConfiguration found, int wanted)
      throws IOException {
    int before = found.getReplicas();
    for (int n = wanted; n != before; n = Replicas.below(n)) {
      try {
        StreamConfiguration _ =
            streams.updateStream(plan.withReplicas(found, n)).getConfiguration();
        log.info("stream {}: {} replicas, was {}", plan.name(), n, before);
        return;
      } catch (JetStreamApiException e) {
        replicas.few(plan.name(), e.getErrorDescription());
        if (n <= before || !Replicas.refused(e)) {
          return;
        }
      }
    }
  }

  private StreamConfiguration protect(
      JetStreamManagement streams, StreamPlan plan, StreamConfiguration found) throws IOException {
    Optional<StreamConfiguration> better = plan.protect(found);
    if (better.isPresent()) {
      try {
        StreamConfiguration now = streams.updateStream(better.get()).getConfiguration();
        log.info("stream {}: now protected against {}", plan.name(), plan.lacks(found));
        return now;
      } catch (JetStreamApiException e) {
        if (!unprotected.add(plan.name())) {
          return found; // it is logged
        }
        log.error(
            "stream {}: not protected against {}, as the server refuses the update ({}). Update it"
                + " by hand, or delete it, with all that it stores, and restart the controller to"
                + " create it",
            plan.name(),
            plan.lacks(found),
            e.getMessage());
      }
    }
    return found;
  }

  private interface Creation {
    Object of(long bytes) throws IOException, JetStreamApiException;
  }

  /**
   * Creates it with fewer bytes where the server has no room for so many: an eighth each time for
   * records, half for buckets, which do not forget.
   */
  private static void fitting(StreamPlan plan, Creation creation)
      throws IOException, JetStreamApiException {
    long maxBytes = plan.maxBytes();
    int part = plan.record() ? 8 : 2;
    for (long bytes = maxBytes; true; bytes /= part) {
      try {
        Object _ = creation.of(bytes);
        if (bytes < maxBytes) {
          log.warn(
              "JetStream has little room: {} keeps at most {} MiB, not {}; raise nats-server's"
                  + " max_file_store, delete the stream, and restart the controller to create a"
                  + " larger one",
              plan.name(),
              bytes >> 20,
              maxBytes >> 20);
        }
        return;
      } catch (JetStreamApiException e) {
        boolean small = e.getApiErrorCode() == NO_ROOM || e.getApiErrorCode() == Replicas.NO_PEERS;
        if (!small || bytes / part < LEAST_BYTES) {
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
