package io.blkwarden.systemtests.lab;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** All control messages on NATS, received by a separate client. */
final class FleetView {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private final Connection connection;
  private final List<Seen<ControlMessage>> seen = new ArrayList<>();
  private final List<String> malformed = new ArrayList<>();

  /**
   * A received message.
   *
   * @param subject its subject
   * @param at time of arrival, by this machine's clock
   * @param message the decoded message
   * @param json its bytes as text
   * @param <T> type of the message
   */
  record Seen<T>(String subject, Instant at, T message, String json) {}

  FleetView(String natsUrl) throws IOException, InterruptedException, TimeoutException {
    connection = Nats.connect(Options.builder().server(natsUrl).maxReconnects(-1).build());
    var dispatcher = connection.createDispatcher(this::take);
    for (String subject :
        List.of(
            SUBJECTS.allMappings(),
            SUBJECTS.allHeartbeats(),
            SUBJECTS.prefix() + ".command.*",
            SUBJECTS.allOutcomes(),
            SUBJECTS.allAlerts())) {
      dispatcher.subscribe(subject);
    }
    connection.flush(Duration.ofSeconds(10));
  }

  Connection connection() {
    return connection;
  }

  private synchronized void take(Message message) {
    byte[] bytes = message.getData();
    switch (ControlJson.decode(ControlMessage.class, bytes)) {
      case Decoded.Ok<ControlMessage>(ControlMessage value) ->
          seen.add(
              new Seen<>(
                  message.getSubject(),
                  Instant.now(),
                  value,
                  new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
      case Decoded.Malformed<ControlMessage> bad ->
          malformed.add(message.getSubject() + ": " + bad);
    }
  }

  /** Messages that could not be decoded; any is a bug. */
  synchronized List<String> malformed() {
    return List.copyOf(malformed);
  }

  /** A position in the received messages; earlier ones are ignored. */
  synchronized int mark() {
    return seen.size();
  }

  /** All messages of a type since a mark, oldest first. */
  synchronized <T> List<Seen<T>> since(int mark, Class<T> type) {
    List<Seen<T>> found = new ArrayList<>();
    for (Seen<ControlMessage> each : seen.subList(mark, seen.size())) {
      if (type.isInstance(each.message())) {
        found.add(new Seen<>(each.subject(), each.at(), type.cast(each.message()), each.json()));
      }
    }
    return found;
  }

  /** Waits on the lab clock for the first matching message since a mark. */
  <T> Seen<T> await(int mark, Duration limit, String what, Class<T> type, Predicate<T> fits) {
    try {
      Lab.clock().await(what, limit, () -> first(mark, type, fits).isPresent());
      return first(mark, type, fits).orElseThrow();
    } catch (AssertionError e) {
      StringBuilder story = new StringBuilder(e.getMessage());
      since(mark, ControlMessage.class).stream()
          .skip(Math.max(0, since(mark, ControlMessage.class).size() - 40L))
          .forEach(each -> story.append("\n  ").append(each.at()).append(' ').append(each.json()));
      throw new AssertionError(story.toString(), e);
    }
  }

  private <T> Optional<Seen<T>> first(int mark, Class<T> type, Predicate<T> fits) {
    return since(mark, type).stream().filter(each -> fits.test(each.message())).findFirst();
  }

  /** Unsubscribes. */
  void close() throws InterruptedException {
    connection.close();
  }
}
