package io.blkwarden.controller.nats;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The desired configuration of a stream, or of the stream of a bucket.
 *
 * <p>Protection: messages cannot be deleted, rollup by header is off, records cannot be purged, and
 * the messages of each subject are limited.
 *
 * @param subject that the stream stores
 * @param record whether it is a record, which ages and is never purged; else a bucket
 * @param maxBytes storage on disk
 * @param maxPerSubject most messages of each subject (the outcomes of a host, the history of a key)
 * @param maxMessageBytes longest message including headers
 */
record StreamSpec(
    String name,
    String subject,
    String description,
    boolean record,
    long maxBytes,
    long maxPerSubject,
    int maxMessageBytes) {
  private static final Duration MAX_AGE = Duration.ofDays(30);
  private static final Duration DUPLICATES = Duration.ofMinutes(2);
  private static final String KV = "KV_";
  private static final long MIB = 1L << 20;
  private static final int KIB = 1 << 10;

  /** All streams of an installation; the small ones first, so that they get their storage. */
  static List<StreamSpec> all(Subjects subjects) {
    return List.of(
        bucket(JetStreamAssets.LEADER, "which controller leads the fleet", 1, 16, 4),
        bucket(
            JetStreamAssets.BASELINES, "what the fleet's disks normally do, by class", 16, 1, 256),
        bucket(JetStreamAssets.SILENCES, "silences, acks and the pause", 8, 1, 64),
        stream(
            JetStreamAssets.ALERTS,
            subjects.prefix() + ".alert.>",
            "alerts, by severity, host and policy",
            256,
            4_096,
            64),
        // one host can fill at most a quarter
        stream(
            JetStreamAssets.AUDIT,
            subjects.allOutcomes(),
            "outcomes of commands and leases, by host",
            512,
            4_096,
            32),
        stream(
            JetStreamAssets.DECISIONS,
            subjects.allDecisions(),
            "decisions of controllers, by host",
            256,
            16_384,
            64),
        // 10,000 mappings of 100 disks take 641 MiB; a mapping is at most 1 MiB and headers
        bucket(JetStreamAssets.MAPPING, "last mapping snapshot of each host", 4_096, 1, 1_028));
  }

  private static StreamSpec bucket(
      String name, String description, long maxMib, int history, int maxMessageKib) {
    String subject = "$KV.%s.>".formatted(name);
    return new StreamSpec(
        KV + name, subject, description, false, maxMib * MIB, history, maxMessageKib * KIB);
  }

  private static StreamSpec stream(
      String name,
      String subject,
      String description,
      long maxMib,
      long maxPerSubject,
      int maxMessageKib) {
    return new StreamSpec(
        name, subject, description, true, maxMib * MIB, maxPerSubject, maxMessageKib * KIB);
  }

  /** The configuration of a new stream. */
  StreamConfiguration create(long bytes, int replicas) {
    StreamConfiguration.Builder wanted =
        StreamConfiguration.builder()
            .name(name)
            .description(description)
            .subjects(subject)
            .storageType(StorageType.File)
            .maxBytes(bytes)
            .replicas(replicas)
            .maxMessagesPerSubject(maxPerSubject)
            .maximumMessageSize(maxMessageBytes)
            .allowRollup(false)
            .denyDelete(true)
            .denyPurge(record)
            .duplicateWindow(DUPLICATES);
    return record
        ? wanted.discardPolicy(DiscardPolicy.Old).maxAge(MAX_AGE).build()
        : wanted.discardPolicy(DiscardPolicy.New).allowDirect(!isLease()).build();
  }

  /**
   * Whether it is the bucket of the leader lease, which is read from the stream leader only: a
   * replica may be behind or unavailable.
   */
  private boolean isLease() {
    return name.equals(KV + JetStreamAssets.LEADER);
  }

  /** A configuration with another number of replicas. */
  StreamConfiguration withReplicas(StreamConfiguration found, int replicas) {
    return StreamConfiguration.builder(found)
        .replicas(replicas)
        .allowDirect(found.getAllowDirect() && !isLease())
        .build();
  }

  /** A configuration with this installation's subject. */
  StreamConfiguration withSubject(StreamConfiguration found) {
    return StreamConfiguration.builder(found).addSubjects(subject).build();
  }

  /** A configuration with protection; empty if the stream is protected. */
  Optional<StreamConfiguration> withProtection(StreamConfiguration found) {
    return missingProtection(found).isEmpty()
        ? Optional.empty()
        : Optional.of(
            StreamConfiguration.builder(found)
                .allowRollup(false)
                .denyDelete(true)
                .denyPurge(record || found.getDenyPurge())
                .maxMessagesPerSubject(
                    found.getMaxMsgsPerSubject() > 0 ? found.getMaxMsgsPerSubject() : maxPerSubject)
                .maximumMessageSize(
                    record && found.getMaximumMessageSize() > 0
                        ? found.getMaximumMessageSize()
                        : maxMessageBytes)
                .build());
  }

  /** What an existing stream is not protected against, as text. */
  List<String> missingProtection(StreamConfiguration found) {
    List<String> missing = new ArrayList<>();
    if (found.getAllowRollup()) {
      missing.add("rollup");
    }
    if (!found.getDenyDelete()) {
      missing.add("delete");
    }
    if (record && !found.getDenyPurge()) {
      missing.add("purge");
    }
    if (found.getMaxMsgsPerSubject() <= 0) {
      missing.add("a subject that fills it");
    }
    if (found.getMaximumMessageSize() <= 0
        || (!record && found.getMaximumMessageSize() != maxMessageBytes)) {
      missing.add("oversized messages");
    }
    return missing;
  }
}
