package io.blkwarden.controller.bus;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.KeyValueManagement;
import io.nats.client.KeyValueOptions;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams and buckets of an installation, created when they are missing.
 *
 * <p>All are kept in files and bounded: the oldest go first. What exists is left as the operator
 * configured it, except that a stream learns the subjects of this installation's prefix.
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

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private static final Duration MAX_AGE = Duration.ofDays(30);
  private static final long AUDIT_MAX_BYTES = 512L << 20;
  private static final long ALERTS_MAX_BYTES = 256L << 20;
  private static final long DECISIONS_MAX_BYTES = 256L << 20;
  private static final long MAPPING_MAX_BYTES = 1L << 30;
  private static final int MAPPING_MAX_VALUE_BYTES = 1 << 20;
  private static final long CLAIM_MAX_BYTES = 1L << 20;
  private static final long SPEC_MAX_BYTES = 16L << 20;
  private static final long SAID_MAX_BYTES = 8L << 20;
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

  static KeyValueOptions bucketOptions() {
    return KeyValueOptions.builder().jetStreamOptions(options()).build();
  }

  /** Creates what is missing; waits for the server. */
  void ensure() throws BusException {
    try {
      KeyValueManagement buckets = connection.keyValueManagement(bucketOptions());
      // the smallest first: a small server that the others fill would have no room for a claim
      bucket(
          buckets,
          CLAIM,
          CLAIM_MAX_BYTES,
          KeyValueConfiguration.builder()
              .description("which controller commands the fleet")
              .maxHistoryPerKey(16));
      bucket(
          buckets,
          SPEC,
          SPEC_MAX_BYTES,
          KeyValueConfiguration.builder()
              .description("what the fleet's disks normally do, by class")
              .maxHistoryPerKey(1));
      bucket(
          buckets,
          SAID,
          SAID_MAX_BYTES,
          KeyValueConfiguration.builder()
              .description("silences, acks and the pause")
              .maxHistoryPerKey(1));
      JetStreamManagement streams = connection.jetStreamManagement(options());
      stream(streams, ALERTS, subjects.prefix() + ".alert.>", ALERTS_MAX_BYTES);
      stream(streams, AUDIT, subjects.allOutcomes(), AUDIT_MAX_BYTES);
      stream(streams, DECISIONS, subjects.allDecisions(), DECISIONS_MAX_BYTES);
      bucket(
          buckets,
          MAPPING,
          MAPPING_MAX_BYTES,
          KeyValueConfiguration.builder()
              .description("last mapping snapshot of each host")
              .maximumValueSize(MAPPING_MAX_VALUE_BYTES)
              .maxHistoryPerKey(1));
    } catch (IOException | JetStreamApiException e) {
      throw explain(e, servers);
    }
  }

  private void stream(JetStreamManagement streams, String name, String subject, long maxBytes)
      throws IOException, JetStreamApiException {
    StreamInfo found;
    try {
      found = streams.getStreamInfo(name);
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != NOT_FOUND) {
        throw e;
      }
      StreamConfiguration.Builder wanted =
          StreamConfiguration.builder()
              .name(name)
              .subjects(subject)
              .storageType(StorageType.File)
              .discardPolicy(DiscardPolicy.Old)
              .maxAge(MAX_AGE)
              .duplicateWindow(Duration.ofMinutes(2));
      fitting(name, maxBytes, bytes -> streams.addStream(wanted.maxBytes(bytes).build()));
      return;
    }
    if (!found.getConfiguration().getSubjects().contains(subject)) {
      streams.updateStream(
          StreamConfiguration.builder(found.getConfiguration()).addSubjects(subject).build());
    }
  }

  private static void bucket(
      KeyValueManagement buckets, String name, long maxBytes, KeyValueConfiguration.Builder wanted)
      throws IOException, JetStreamApiException {
    try {
      buckets.getStatus(name);
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != NOT_FOUND) {
        throw e;
      }
      wanted.name(name).storageType(StorageType.File);
      fitting(name, maxBytes, bytes -> buckets.create(wanted.maxBucketSize(bytes).build()));
    }
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
                  + " max_file_store, delete it, and start the controller anew for more",
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

  /** What an answer of JetStream, or none, means and what to do about it. */
  static BusException explain(Exception e, String servers) {
    if (e instanceof JetStreamApiException api && api.getErrorCode() != 503) {
      return new BusException(
          "JetStream at %s refuses (%s)".formatted(servers, api.getMessage()),
          "check the account's permissions and storage limits (nats-server's jetstream {"
              + " max_file_store })",
          e);
    }
    return new BusException(
        "JetStream does not answer at %s (%s)".formatted(servers, e.getMessage()),
        "start nats-server with -js, or put 'jetstream { store_dir: \"/var/lib/nats\" }' into its"
            + " configuration, and restart it; where it runs, these credentials may not ask for"
            + " this: see its log",
        e);
  }
}
