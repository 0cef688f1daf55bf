package io.blkwarden.agent.bus;

import io.blkwarden.commandline.nats.JetStreamFault;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Calls the NATS client for one piece of work; may block, so only the sending thread uses it. */
final class Publisher {
  /** The connection itself. */
  static final String NATS = "nats";

  /** The stream that outcomes are recorded in. */
  private static final String AUDIT = "audit";

  /** Mapping events. */
  private static final String MAPPING = "mapping";

  /** Whether the whole map is short enough to be sent; stands until a snapshot went through. */
  private static final String SIZE = "mapping-size";

  /** The bucket with the last snapshots. */
  private static final String BUCKET = "mapping-bucket";

  private static final Duration FLUSH_WITHIN = Duration.ofSeconds(2);

  private final HostId host;
  private final Subjects subjects;
  private final Connection connection;
  private final SnapshotBytes snapshots;
  private final Results results;

  /** Where it tells what became of the work. */
  interface Results {
    /** Changes the outbox, given the time. */
    void tell(BiConsumer<Outbox, Long> result);

    /** Says what is wrong with one of {@link BusState#faults}. */
    void fault(String what, String text);

    /** Says that it works. */
    void works(String what);
  }

  Publisher(BusSettings settings, Connection connection, SnapshotBytes snapshots, Results results) {
    this.host = settings.host();
    this.subjects = settings.subjects();
    this.connection = connection;
    this.snapshots = snapshots;
    this.results = results;
  }

  void send(Work work) throws IOException, InterruptedException {
    switch (work) {
      case Work.Reply(String to, Outcome outcome) ->
          connection.publish(to, ControlJson.encode(outcome));
      case Work.Samples samples -> connection.publish(subjects.sample(host), samples.batch());
      case Work.Beat(var heartbeat) ->
          connection.publish(subjects.heartbeat(host), ControlJson.encode(heartbeat));
      case Work.Events(List<MappingEvent> events) -> sendEvents(events);
      case Work.Audit(Outcome outcome) -> record(outcome);
      case Work.Keep(MappingSnapshot snapshot) -> keep(snapshot);
      case Work.Idle _ -> {
        // Nothing to send.
      }
    }
  }

  private void sendEvents(List<MappingEvent> events) throws InterruptedException {
    boolean whole = false;
    for (MappingEvent event : events) {
      byte[] bytes =
          event instanceof MappingSnapshot snapshot
              ? snapshots.encode(snapshot)
              : ControlJson.encode(event);
      Optional<String> tooLarge = tooLarge(event, bytes.length, mostBytes(connection));
      if (tooLarge.isPresent()) {
        results.tell((outbox, _) -> outbox.drop("mapping_too_large"));
        results.fault(SIZE, tooLarge.get());
      } else {
        connection.publish(subjects.mapping(host, event.event()), bytes);
        whole |= event instanceof MappingSnapshot;
      }
    }
    try {
      connection.flush(FLUSH_WITHIN);
      results.tell((outbox, _) -> outbox.sent(events));
      results.works(MAPPING);
      if (whole) {
        results.works(SIZE);
      }
    } catch (TimeoutException _) {
      failed(new Work.Events(events), "the server does not answer");
    }
  }

  /** Most bytes of a message that both the server and readers take. */
  static long mostBytes(Connection connection) {
    long ofServer = connection.getMaxPayload();
    return ofServer <= 0 ? ControlJson.MAX_BYTES : Math.min(ofServer, ControlJson.MAX_BYTES);
  }

  /** Why an event cannot be sent, and what to do; empty when it is small enough. */
  static Optional<String> tooLarge(MappingEvent event, int bytes, long most) {
    if (bytes <= most) {
      return Optional.empty();
    }
    String remedy =
        most < ControlJson.MAX_BYTES
            ? "raise max_payload of the NATS server to %d".formatted(ControlJson.MAX_BYTES)
            : "this host has more disks than one message can hold";
    return Optional.of(
        "%s of %d bytes exceeds the limit of %d bytes: %s"
            .formatted(event.event(), bytes, most, remedy));
  }

  private void record(Outcome outcome) throws IOException {
    Headers headers = new Headers().put("Nats-Msg-Id", outcome.id().value());
    CompletableFuture<?> _ =
        connection
            .jetStream()
            .publishAsync(subjects.outcome(host), headers, ControlJson.encode(outcome))
            .whenComplete((_, failure) -> {
              if (failure == null) {
                results.tell((outbox, _) -> outbox.recorded(outcome.id()));
                results.works(AUDIT);
              } else {
                failed(new Work.Audit(outcome), words(failure));
              }
            });
  }

  private void keep(MappingSnapshot snapshot) throws IOException {
    byte[] bytes = snapshots.take(snapshot);
    if (bytes.length > connection.getMaxPayload()) {
      results.tell((outbox, _) -> outbox.kept(snapshot));
      return;
    }
    String subject = "$KV.%s.%s".formatted(BusSettings.MAPPING_BUCKET, HostToken.key(host));
    CompletableFuture<?> _ =
        connection
            .jetStream()
            .publishAsync(subject, bytes)
            .whenComplete((_, failure) -> {
              if (failure == null) {
                results.tell((outbox, _) -> outbox.kept(snapshot));
                results.works(BUCKET);
              } else {
                failed(new Work.Keep(snapshot), words(failure));
              }
            });
  }

  /** Says that work is not done, so that what must not be lost is tried again. */
  void failed(Work work, String why) {
    results.fault(concerned(work), why);
    results.tell((outbox, nowMillis) -> {
      switch (work) {
        case Work.Audit(Outcome outcome) -> outbox.notRecorded(outcome.id(), nowMillis);
        case Work.Events _ -> outbox.notSent(nowMillis);
        case Work.Keep _ -> outbox.notKept(nowMillis);
        case Work.Samples _ -> outbox.drop("samples");
        case Work.Reply _ -> outbox.drop("replies");
        case Work.Beat _, Work.Idle _ -> {
          // The next one is due soon.
        }
      }
    });
  }

  private static String concerned(Work work) {
    return switch (work) {
      case Work.Audit _ -> AUDIT;
      case Work.Events _ -> MAPPING;
      case Work.Keep _ -> BUCKET;
      case Work.Samples _, Work.Reply _, Work.Beat _, Work.Idle _ -> NATS;
    };
  }

  /** Cause and remedy of a publish that JetStream did not store. */
  private String words(Throwable failure) {
    return connection.getStatus() == Connection.Status.CONNECTED
        ? JetStreamFault.of(failure, connection.getServerInfo()).text()
        : "not connected to NATS";
  }
}
