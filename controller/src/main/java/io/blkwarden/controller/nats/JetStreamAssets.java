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
 * The streams and buckets of an installation.
 *
 * <p>Missing ones are created, with file storage and bounds. Existing ones keep the operator's
 * configuration, except for protection ({@link StreamSpec}), replicas ({@link Replicas}) and the
 * subject of this installation's prefix.
 */
public final class JetStreamAssets {
  private static final Logger log = LoggerFactory.getLogger(JetStreamAssets.class);

  /** Stream of outcomes. */
  public static final String AUDIT = "BLKWARDEN_AUDIT";

  /** Stream of alerts. */
  public static final String ALERTS = "BLKWARDEN_ALERTS";

  /** Stream of decisions. */
  public static final String DECISIONS = "BLKWARDEN_DECISIONS";

  /** Bucket of the last mapping snapshots. */
  public static final String MAPPING = "blkwarden-mapping";

  /** Bucket of the leader lease. */
  public static final String LEADER = "blkwarden-claim";

  /** Bucket of the baselines. */
  public static final String BASELINES = "blkwarden-spec";

  /** Bucket of silences, acknowledgements and the pause. */
  public static final String SILENCES = "blkwarden-silences";

  /** Timeout of a JetStream request. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private static final long LEAST_BYTES = 1L << 20;
  private static final int NOT_FOUND = 404;

  /** nats-server error: insufficient storage resources available. */
  private static final int NO_ROOM = 10047;

  private final Connection connection;
  private final Subjects subjects;
  private final String servers;
  private final Replicas replicas;
  private final Set<String> unprotected = new HashSet<>();

  JetStreamAssets(Connection connection, Subjects subjects, String servers, int replicas) {
    this.connection = connection;
    this.subjects = subjects;
    this.servers = servers;
    this.replicas = new Replicas(replicas);
  }

  static JetStreamOptions options() {
    return options(REQUEST_TIMEOUT);
  }

  static JetStreamOptions options(Duration timeout) {
    return JetStreamOptions.builder().requestTimeout(timeout).build();
  }

  static KeyValueOptions bucketOptions() {
    return KeyValueOptions.builder().jetStreamOptions(options()).build();
  }

  /**
   * Creates missing streams and buckets, protects existing ones and changes their replicas; blocks.
   *
   * @return whether one was missing
   */
  boolean ensureAll() throws NatsException {
    try {
      int wanted = replicas.wanted(connection);
      JetStreamManagement streams = connection.jetStreamManagement(options());
      boolean created = false;
      for (StreamSpec plan : StreamSpec.all(subjects)) {
        created |= ensure(streams, plan, wanted);
      }
      replicas.logChanges(wanted, servers);
      return created;
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      throw explain(e, connection, servers);
    }
  }

  /** Returns whether the stream was missing. */
  private boolean ensure(JetStreamManagement streams, StreamSpec plan, int wanted)
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

  /** Creates a stream, with fewer replicas if the server cannot place as many. */
  private void create(JetStreamManagement streams, StreamSpec plan, int wanted)
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
        replicas.addReduced(plan.name(), e.getErrorDescription());
      }
    }
  }

  /** Changes the number of replicas of an existing stream, as far as the server can. */
  private void replicate(
      JetStreamManagement streams, StreamSpec plan, StreamConfiguration found, int wanted)
      throws IOException {
    int before = found.getReplicas();
    for (int n = wanted; n != before; n = Replicas.below(n)) {
      try {
        StreamConfiguration _ =
            streams.updateStream(plan.withReplicas(found, n)).getConfiguration();
        log.info("stream {}: {} replicas, was {}", plan.name(), n, before);
        return;
      } catch (JetStreamApiException e) {
        replicas.addReduced(plan.name(), e.getErrorDescription());
        if (n <= before || !Replicas.refused(e)) {
          return;
        }
      }
    }
  }

  private StreamConfiguration protect(
      JetStreamManagement streams, StreamSpec plan, StreamConfiguration found) throws IOException {
    Optional<StreamConfiguration> better = plan.withProtection(found);
    if (better.isPresent()) {
      try {
        StreamConfiguration now = streams.updateStream(better.get()).getConfiguration();
        log.info("stream {}: protected against {}", plan.name(), plan.missingProtection(found));
        return now;
      } catch (JetStreamApiException e) {
        if (!unprotected.add(plan.name())) {
          return found; // already logged
        }
        log.error(
            "stream {}: not protected against {}: the server refuses the update ({}). Update it by"
                + " hand, or delete the stream with its messages and restart the controller",
            plan.name(),
            plan.missingProtection(found),
            e.getMessage());
      }
    }
    return found;
  }

  private interface Creation {
    Object of(long bytes) throws IOException, JetStreamApiException;
  }

  /**
   * Creates a stream with fewer bytes if the server has too little storage: each attempt an eighth
   * for records, half for buckets, which do not discard entries.
   */
  private static void fitting(StreamSpec plan, Creation creation)
      throws IOException, JetStreamApiException {
    long maxBytes = plan.maxBytes();
    int part = plan.record() ? 8 : 2;
    for (long bytes = maxBytes; true; bytes /= part) {
      try {
        Object _ = creation.of(bytes);
        if (bytes < maxBytes) {
          log.warn(
              "JetStream: little storage, {} is limited to {} MiB instead of {}; raise"
                  + " nats-server's max_file_store, delete the stream, and restart the controller",
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

  /** Fails if JetStream as a whole does not work, even if the server serves some streams. */
  @Nullable Void check() throws NatsException, InterruptedException {
    Optional<Complaint> fault = JetStreamFault.check(connection);
    if (fault.isPresent()) {
      throw exception(fault.get(), servers, null);
    }
    return null;
  }

  private static NatsException exception(Complaint why, String servers, @Nullable Exception e) {
    return new NatsException("NATS at %s: %s".formatted(servers, why.error()), why.hint(), e);
  }

  /** Cause and remedy of a JetStream failure; may block. */
  static NatsException explain(Exception e, Connection connection, String servers) {
    try {
      return exception(JetStreamFault.ask(e, connection), servers, e);
    } catch (InterruptedException interrupted) {
      return NatsException.interrupted(interrupted);
    }
  }
}
