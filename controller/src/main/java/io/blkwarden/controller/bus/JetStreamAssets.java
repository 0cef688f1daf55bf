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

/**
 * The streams and buckets of an installation, created when they are missing.
 *
 * <p>All are kept in files and bounded: the oldest go first. What exists is left as the operator
 * configured it, except that a stream learns the subjects of this installation's prefix.
 */
final class JetStreamAssets {
  static final String AUDIT = "BLKWARDEN_AUDIT";
  static final String ALERTS = "BLKWARDEN_ALERTS";
  static final String MAPPING = "blkwarden-mapping";
  static final String CLAIM = "blkwarden-claim";

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);

  private static final Duration MAX_AGE = Duration.ofDays(30);
  private static final long AUDIT_MAX_BYTES = 512L << 20;
  private static final long ALERTS_MAX_BYTES = 256L << 20;
  private static final long MAPPING_MAX_BYTES = 1L << 30;
  private static final int MAPPING_MAX_VALUE_BYTES = 1 << 20;
  private static final long CLAIM_MAX_BYTES = 1L << 20;
  private static final int NOT_FOUND = 404;

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
      JetStreamManagement streams = connection.jetStreamManagement(options());
      stream(streams, AUDIT, subjects.allOutcomes(), AUDIT_MAX_BYTES);
      stream(streams, ALERTS, subjects.prefix() + ".alert.>", ALERTS_MAX_BYTES);
      KeyValueManagement buckets = connection.keyValueManagement(bucketOptions());
      bucket(
          buckets,
          KeyValueConfiguration.builder()
              .name(MAPPING)
              .description("last mapping snapshot of each host")
              .maxBucketSize(MAPPING_MAX_BYTES)
              .maximumValueSize(MAPPING_MAX_VALUE_BYTES)
              .maxHistoryPerKey(1)
              .storageType(StorageType.File)
              .build());
      bucket(
          buckets,
          KeyValueConfiguration.builder()
              .name(CLAIM)
              .description("which controller commands the fleet")
              .maxBucketSize(CLAIM_MAX_BYTES)
              .maxHistoryPerKey(16)
              .storageType(StorageType.File)
              .build());
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
      streams.addStream(
          StreamConfiguration.builder()
              .name(name)
              .subjects(subject)
              .storageType(StorageType.File)
              .discardPolicy(DiscardPolicy.Old)
              .maxAge(MAX_AGE)
              .maxBytes(maxBytes)
              .duplicateWindow(Duration.ofMinutes(2))
              .build());
      return;
    }
    if (!found.getConfiguration().getSubjects().contains(subject)) {
      streams.updateStream(
          StreamConfiguration.builder(found.getConfiguration()).addSubjects(subject).build());
    }
  }

  private static void bucket(KeyValueManagement buckets, KeyValueConfiguration wanted)
      throws IOException, JetStreamApiException {
    try {
      buckets.getStatus(wanted.getBucketName());
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != NOT_FOUND) {
        throw e;
      }
      buckets.create(wanted);
    }
  }

  /** What an answer of JetStream, or none, means and what to do about it. */
  static BusException explain(Exception e, String servers) {
    if (e instanceof JetStreamApiException api && api.getErrorCode() != 503) {
      return new BusException(
          ("JetStream at %s refuses (%s): check the account's permissions and storage limits"
                  + " (nats-server's jetstream { max_file_store })")
              .formatted(servers, api.getMessage()),
          e);
    }
    return new BusException(
        ("JetStream does not answer at %s (%s): start nats-server with -js, or put"
                + " 'jetstream { store_dir: \"/var/lib/nats\" }' into its configuration, and"
                + " restart it")
            .formatted(servers, e.getMessage()),
        e);
  }
}
