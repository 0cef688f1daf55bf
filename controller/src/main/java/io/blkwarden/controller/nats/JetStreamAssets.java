package io.blkwarden.controller.nats;

import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.nats.JetStreamFault;
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
import java.util.TreeSet;
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
  private final NatsSettings settings;
  private final Replicas replicas;
  private final Set<String> unprotected = new HashSet<>();

  JetStreamAssets(Connection connection, NatsSettings settings) {
    this.connection = connection;
    this.settings = settings;
    this.replicas = new Replicas(settings.replicas());
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
      for (StreamSpec plan : StreamSpec.all(settings.subjects())) {
        created |= ensure(streams, plan, wanted);
      }
      replicas.logChanges(wanted, settings.printableServers());
      return created;
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      throw explain(e, connection, settings.printableServers());
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
    Optional<CommandError> fault = JetStreamFault.check(connection);
    if (fault.isPresent()) {
      throw exception(fault.get(), settings.printableServers(), null);
    }
    return null;
  }

  private static NatsException exception(CommandError why, String servers, @Nullable Exception e) {
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

  /**
   * The number of replicas of each stream: the operator's choice, else three in a cluster and one
   * otherwise.
   *
   * <p>A client cannot count the servers of a cluster: {@code connect_urls} lists addresses, not
   * servers, and only running ones. So it requests three, and falls back to one if the server
   * refuses.
   */
  static final class Replicas {
    private static final Logger log = LoggerFactory.getLogger(Replicas.class);

    /** Choose by the cluster. */
    static final int AUTO = 0;

    private static final int CLUSTERED = 3;

    /** nats-server error: no suitable peers, too few servers or too little storage on them. */
    static final int NO_PEERS = 10005;

    private final int option;
    private final Set<String> fewer = new TreeSet<>();
    private boolean clustered;
    private String reason = "";
    private String logged = "";

    /**
     * Creates an instance.
     *
     * @param option chosen by the operator, or {@link #AUTO}
     */
    Replicas(int option) {
      this.option = option;
    }

    /** The number to request; a single server accepts any number and keeps one copy. */
    int wanted(Connection connection) {
      fewer.clear();
      String cluster = connection.getServerInfo().getCluster();
      clustered = cluster != null && !cluster.isEmpty();
      return !clustered ? 1 : option == AUTO ? CLUSTERED : option;
    }

    /**
     * Whether a stream must be changed; replicas are removed only if the operator chose a number.
     */
    boolean differs(int found, int wanted) {
      return clustered && (found < wanted || (option != AUTO && found > wanted));
    }

    /** The next smaller odd number. */
    static int below(int replicas) {
      return Math.max(1, replicas - 2);
    }

    /** Whether the server refused so many replicas. */
    static boolean refused(JetStreamApiException e) {
      return e.getApiErrorCode() == NO_PEERS;
    }

    /** Records a stream with fewer replicas than wanted. */
    void addReduced(String stream, String why) {
      fewer.add(stream);
      reason = why;
    }

    /** Logs which streams have fewer replicas than wanted, if that has changed. */
    void logChanges(int wanted, String servers) {
      String text = problem(wanted, servers);
      if (text.equals(logged)) {
        return;
      }
      logged = text;
      if (text.isEmpty()) {
        log.info("JetStream: all streams and buckets have {} replicas", wanted);
      } else if (option == AUTO) {
        log.warn("{}", text);
      } else {
        log.error("{}", text);
      }
    }

    private String problem(int wanted, String servers) {
      if (!clustered && option > 1) {
        return ("--replicas %d: NATS at %s is one server, not a cluster, with one copy of each"
                + " stream and bucket. Configure a cluster of %d nats-servers, or remove"
                + " --replicas")
            .formatted(option, servers, option);
      }
      if (fewer.isEmpty()) {
        return "";
      }
      String end = "the controller then adds the replicas";
      return option == AUTO
          ? ("JetStream: fewer than %d replicas of %s (%s): if a server dies, some are unavailable."
                  + " Add nats-servers with JetStream until the cluster has %d; %s")
              .formatted(wanted, fewer, reason, wanted, end)
          : ("--replicas %d: the NATS cluster at %s refuses them for %s (%s). Add nats-servers with"
                  + " JetStream until it has %d; %s")
              .formatted(wanted, servers, fewer, reason, wanted, end);
    }
  }
}
