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
 * A stream, or the stream of a bucket, as this installation wants it.
 *
 * <p>What protects it: single messages cannot be deleted, a message cannot replace others by a
 * {@code Nats-Rollup} header, records cannot be purged, and no subject takes all of the room.
 *
 * @param name of the stream
 * @param subject that it stores
 * @param description for people
 * @param record whether it is a record, which ages and is never purged; else a bucket
 * @param maxBytes room on disk
 * @param maxPerSubject most messages of a subject, the newest: a host's outcomes and a key's
 *     history are each a subject
 * @param maxMessageBytes longest message with its headers
 */
record StreamPlan(
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

  /** All of an installation; the smallest first, so that the others leave room for the claim. */
  static List<StreamPlan> all(Subjects subjects) {
    return List.of(
        bucket(JetStreamAssets.CLAIM, "which controller leads the fleet", MIB, 16, 4 * KIB),
        bucket(
            JetStreamAssets.SPEC,
            "what the fleet's disks normally do, by class",
            16 * MIB,
            1,
            256 * KIB),
        bucket(JetStreamAssets.SAID, "silences, acks and the pause", 8 * MIB, 1, 64 * KIB),
        record(
            JetStreamAssets.ALERTS,
            subjects.prefix() + ".alert.>",
            "alerts, by severity, host and policy",
            256 * MIB,
            4_096,
            64 * KIB),
        // one host fills a quarter at most
        record(
            JetStreamAssets.AUDIT,
            subjects.allOutcomes(),
            "outcomes of commands and leases, by host",
            512 * MIB,
            4_096,
            32 * KIB),
        record(
            JetStreamAssets.DECISIONS,
            subjects.allDecisions(),
            "decisions of controllers, by host",
            256 * MIB,
            16_384,
            64 * KIB),
        bucket(
            JetStreamAssets.MAPPING,
            "last mapping snapshot of each host",
            4_096 * MIB, // 10,000 maps of 100 disks take 641
            1,
            1_028 * KIB)); // a map of 1 MiB, and what the server adds in headers
  }

  private static StreamPlan bucket(
      String name, String description, long maxBytes, int history, int maxMessageBytes) {
    String subject = "$KV.%s.>".formatted(name);
    return new StreamPlan(
        KV + name, subject, description, false, maxBytes, history, maxMessageBytes);
  }

  private static StreamPlan record(
      String name,
      String subject,
      String description,
      long maxBytes,
      long maxPerSubject,
      int maxMessageBytes) {
    return new StreamPlan(
        name, subject, description, true, maxBytes, maxPerSubject, maxMessageBytes);
  }

  /** The configuration of a new one, with less room or fewer replicas perhaps. */
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
        : wanted.discardPolicy(DiscardPolicy.New).allowDirect(!isClaim()).build();
  }

  /**
   * Whether it keeps the claim, which is read from the leader of its replicas only: another one may
   * be behind, or may not answer.
   */
  private boolean isClaim() {
    return name.equals(KV + JetStreamAssets.CLAIM);
  }

  /** The same with so many replicas. */
  StreamConfiguration withReplicas(StreamConfiguration found, int replicas) {
    return StreamConfiguration.builder(found)
        .replicas(replicas)
        .allowDirect(found.getAllowDirect() && !isClaim())
        .build();
  }

  /** The same with this installation's subject. */
  StreamConfiguration withSubject(StreamConfiguration found) {
    return StreamConfiguration.builder(found).addSubjects(subject).build();
  }

  /** What one that exists is to become; empty when it is protected. */
  Optional<StreamConfiguration> protect(StreamConfiguration found) {
    return lacks(found).isEmpty()
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

  /** What one that exists is not protected against, for people. */
  List<String> lacks(StreamConfiguration found) {
    List<String> lacks = new ArrayList<>();
    if (found.getAllowRollup()) {
      lacks.add("rollup");
    }
    if (!found.getDenyDelete()) {
      lacks.add("delete");
    }
    if (record && !found.getDenyPurge()) {
      lacks.add("purge");
    }
    if (found.getMaxMsgsPerSubject() <= 0) {
      lacks.add("one subject that fills it");
    }
    if (found.getMaximumMessageSize() <= 0
        || (!record && found.getMaximumMessageSize() != maxMessageBytes)) {
      lacks.add("messages that are too long");
    }
    return lacks;
  }
}
