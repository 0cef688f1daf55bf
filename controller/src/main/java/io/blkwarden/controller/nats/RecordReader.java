package io.blkwarden.controller.nats;

import io.blkwarden.model.HostId;
import io.blkwarden.model.JsonText;
import io.blkwarden.model.message.OperatorReply.Verdict;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.HostToken;
import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.FetchConsumeOptions;
import io.nats.client.FetchConsumer;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusCheckedException;
import io.nats.client.Message;
import io.nats.client.StreamContext;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.StreamInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads pages of stored messages from JetStream.
 *
 * <p>The work for a page is bounded: {@link #SCAN_MESSAGES} messages, {@link #SCAN_BYTES} bytes and
 * {@link #SCAN_TIME}. A page that reaches a bound ends there and reports that there is more, even
 * if no message matched.
 */
record RecordReader(Connection connection, NatsSettings settings, InstantSource clock) {
  /** Most message bytes on a page; half of the server's maximum payload if that is less. */
  static final int PAGE_BYTES = 512 << 10;

  /** Most messages scanned for a page. */
  static final int SCAN_MESSAGES = 20_000;

  /** Approximate number of bytes scanned for a page. */
  static final long SCAN_BYTES = 16L << 20;

  /** Approximate time of a scan for a page. */
  static final Duration SCAN_TIME = Duration.ofSeconds(2);

  private static final long FETCH_MILLIS = 2_000;
  private static final int ENVELOPE_BYTES = 16 << 10;
  private static final int NOT_FOUND = 404;
  private static final Duration CONSUMER_LIFE = Duration.ofSeconds(30);

  /** With stricter limits than for control messages, because pages embed them. */
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(12)
                          .maxStringLength(16_384)
                          .maxNameLength(256)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .build();

  ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException {
    try {
      StreamContext stream = connection.getStreamContext(stream(kind), JetStreamAssets.options());
      StreamInfo info = stream.getStreamInfo();
      // distinguishes a stream that was created again, whose sequence restarts
      String identity = Long.toHexString(info.getCreateTime().toInstant().toEpochMilli());
      long last = info.getStreamState().getLastSequence();
      long first = info.getStreamState().getFirstSequence();
      long behind = 0;
      boolean gap = false;
      ConsumerConfiguration.Builder from =
          ConsumerConfiguration.builder()
              .filterSubject(filter(kind, request.host()))
              .ackPolicy(AckPolicy.None)
              .memStorage(true)
              .numReplicas(1)
              .inactiveThreshold(CONSUMER_LIFE);
      if (request.cursor() != null) {
        behind = position(request.cursor(), identity);
        if (behind < 0 || behind > last) {
          return new ReplayPage(
              Verdict.REFUSED,
              "cursor %s is of another stream; this one was created at %s: start again with since"
                  .formatted(request.cursor(), info.getCreateTime().toInstant()));
        }
        gap = !info.getConfiguration().getName().startsWith("KV_") && first > behind + 1;
        from.deliverPolicy(DeliverPolicy.ByStartSequence).startSequence(behind + 1);
      } else if (request.since() != null) {
        from.deliverPolicy(DeliverPolicy.ByStartTime)
            .startTime(request.since().atZone(ZoneOffset.UTC));
      }
      Scan scan = new Scan(kind, request, identity, behind);
      if (behind < last) {
        ConsumerContext consumer = stream.createOrUpdateConsumer(from.build());
        ConsumerInfo created = Objects.requireNonNull(consumer.getCachedConsumerInfo());
        try {
          scan.run(consumer, created.getNumPending());
        } finally {
          boolean _ = stream.deleteConsumer(created.getName());
        }
      }
      return scan.page(last, gap);
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() == NOT_FOUND) {
        return new ReplayPage(
            Verdict.FAILED,
            "NATS at %s has no stream %s yet".formatted(settings.printableServers(), stream(kind)));
      }
      throw JetStreamAssets.explain(e, connection, settings.printableServers());
    } catch (IOException | IllegalStateException | JetStreamStatusCheckedException e) {
      throw JetStreamAssets.explain(e, connection, settings.printableServers());
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }

  private static String stream(RecordKind kind) {
    return switch (kind) {
      case ALERT -> JetStreamAssets.ALERTS;
      case DECISION -> JetStreamAssets.DECISIONS;
      case OUTCOME -> JetStreamAssets.AUDIT;
      case MAPPING -> "KV_" + JetStreamAssets.MAPPING;
      case SILENCE -> "KV_" + JetStreamAssets.SILENCES;
    };
  }

  private String filter(RecordKind kind, @Nullable HostId host) {
    String token = host == null ? "*" : HostToken.encode(host);
    String prefix = settings.subjects().prefix();
    return switch (kind) {
      case ALERT -> "%s.alert.*.%s.*".formatted(prefix, token);
      case DECISION -> "%s.decision.%s".formatted(prefix, token);
      case OUTCOME -> "%s.outcome.%s".formatted(prefix, token);
      case MAPPING ->
          "$KV.%s.%s".formatted(JetStreamAssets.MAPPING, host == null ? "*" : HostToken.key(host));
      case SILENCE -> "$KV.%s.>".formatted(JetStreamAssets.SILENCES);
    };
  }

  /** The sequence number of a cursor; -1 if it is of another stream or invalid. */
  static long position(String cursor, String identity) {
    String start = identity + ".";
    return cursor.startsWith(start) && cursor.substring(start.length()).matches("\\d{1,18}")
        ? Long.parseLong(cursor.substring(start.length()))
        : -1;
  }

  /** One scan of a stream. */
  private final class Scan {
    private final RecordKind kind;
    private final ReplayRequest request;
    private final String identity;
    private final Predicate<String> wanted;
    private final List<ReplayPage.Stored> records = new ArrayList<>();
    private final long until = clock.millis() + SCAN_TIME.toMillis();
    private final int room = (int) Math.min(PAGE_BYTES, connection.getMaxPayload() / 2);
    private long position;
    private long left;
    private long scanned;
    private long scannedBytes;
    private int bytes;
    private boolean full;
    private boolean reachedUntil;

    Scan(RecordKind kind, ReplayRequest request, String identity, long behind) {
      this.kind = kind;
      this.request = request;
      this.identity = identity;
      this.position = behind;
      List<String> texts =
          request.contains() == null
              ? List.of()
              : request.contains().stream().map(Scan::escaped).toList();
      wanted = json -> texts.isEmpty() || texts.stream().anyMatch(json::contains);
    }

    /** A text as escaped in a JSON string. */
    private static String escaped(String text) {
      String quoted = JSON.writeValueAsString(text);
      return quoted.substring(1, quoted.length() - 1);
    }

    void run(ConsumerContext consumer, long pending)
        throws IOException,
            JetStreamApiException,
            InterruptedException,
            JetStreamStatusCheckedException {
      left = pending;
      boolean some = true;
      while (left > 0 && some && !full && !reachedUntil) {
        // at most 16 MiB at once, by the longest message of a stream
        int most = (int) Math.min(left, kind == RecordKind.MAPPING ? 16 : 256);
        long before = scanned;
        FetchConsumer batch =
            consumer.fetch(
                FetchConsumeOptions.builder().expiresIn(FETCH_MILLIS).maxMessages(most).build());
        try {
          Message message = batch.nextMessage();
          while (message != null && !full && !reachedUntil) {
            scan(message);
            message = full || reachedUntil ? null : batch.nextMessage();
          }
        } finally {
          close(batch);
        }
        some = full || reachedUntil || scanned > before;
      }
      left = some ? left : 0; // deleted in the meantime
    }

    private static void close(FetchConsumer batch) throws IOException, InterruptedException {
      try {
        batch.close();
      } catch (IOException | InterruptedException e) {
        throw e;
      } catch (Exception e) { // AutoCloseable declares it
        throw new IOException(e);
      }
    }

    private void scan(Message message) {
      long sequence = message.metaData().streamSequence();
      Instant at = message.metaData().timestamp().toInstant();
      if (request.until() != null && !at.isBefore(request.until())) {
        reachedUntil = true;
        return;
      }
      byte[] data = message.getData();
      String json = new String(data, StandardCharsets.UTF_8);
      if (data.length > 0 && wanted.test(json)) {
        ReplayPage.Stored record = stored(message, sequence, at, json);
        int size = size(record);
        if (bytes + size > room && !records.isEmpty()) {
          full = true;
          return;
        }
        records.add(record);
        bytes += size;
      }
      position = sequence;
      left = message.metaData().pendingCount();
      scanned++;
      scannedBytes += data.length;
      full =
          records.size() >= request.limitOrDefault()
              || scanned >= SCAN_MESSAGES
              || scannedBytes >= SCAN_BYTES
              || clock.millis() >= until;
    }

    private ReplayPage.Stored stored(Message message, long sequence, Instant at, String json) {
      String cursor = identity + "." + sequence;
      String id = message.hasHeaders() ? message.getHeaders().getFirst("Nats-Msg-Id") : null;
      if (id != null && id.length() > 255) {
        id = null;
      }
      JsonNode tree;
      try {
        tree = JSON.readTree(json);
      } catch (JacksonException e) {
        return new ReplayPage.Stored(cursor, at, id, null, null, "unreadable");
      }
      if (kind == RecordKind.MAPPING && !isOfItsHost(message.getSubject(), tree)) {
        return new ReplayPage.Stored(cursor, at, id, null, null, "wrong-host");
      }
      if (json.length() < room) {
        return new ReplayPage.Stored(cursor, at, id, JsonText.of(tree), null, null);
      }
      List<String> parts = zipped(json.getBytes(StandardCharsets.UTF_8));
      boolean fits =
          parts.stream().mapToLong(String::length).sum()
                  < connection.getMaxPayload() - ENVELOPE_BYTES
              && parts.size() <= ReplayPage.GZIP_PARTS_MAX;
      return fits
          ? new ReplayPage.Stored(cursor, at, id, null, parts, null)
          : new ReplayPage.Stored(cursor, at, id, null, null, "too-large");
    }

    private static boolean isOfItsHost(String subject, JsonNode snapshot) {
      try {
        HostId host = new HostId(snapshot.path("host").asString(""));
        return subject.endsWith("." + HostToken.key(host));
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    private static int size(ReplayPage.Stored record) {
      int content =
          record.message() != null
              ? record.message().bytes().length
              : record.gzip() != null ? record.gzip().stream().mapToInt(String::length).sum() : 0;
      return content + 400; // its other fields
    }

    private static List<String> zipped(byte[] json) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
        out.write(json);
      } catch (IOException e) {
        throw new IllegalStateException("cannot write to memory", e);
      }
      String text = Base64.getEncoder().encodeToString(bytes.toByteArray());
      List<String> parts = new ArrayList<>();
      for (int at = 0; at < text.length(); at += ReplayPage.GZIP_PART_MAX) {
        parts.add(text.substring(at, Math.min(text.length(), at + ReplayPage.GZIP_PART_MAX)));
      }
      return parts;
    }

    ReplayPage page(long last, boolean gap) {
      boolean more = !reachedUntil && left > 0;
      long end = reachedUntil || more ? position : Math.max(position, last);
      return new ReplayPage(
          Verdict.DONE,
          records.size() == 1 ? "1 record" : records.size() + " records",
          records,
          identity + "." + end,
          more,
          gap);
    }
  }
}
