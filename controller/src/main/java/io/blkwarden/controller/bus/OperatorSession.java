package io.blkwarden.controller.bus;

import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What a command of the operator needs of NATS; each call waits for the server. */
public final class OperatorSession implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  private final BusSettings settings;
  private final Connection connection;
  private final OperatorListener listener;

  private OperatorSession(BusSettings settings, Connection connection, OperatorListener listener) {
    this.settings = settings;
    this.connection = connection;
    this.listener = listener;
  }

  /** Connects. */
  public static OperatorSession open(BusSettings settings, RandomGenerator random)
      throws BusException {
    OperatorListener listener = new OperatorListener(settings.printableServers());
    Connection connection = new NatsLinks(settings, random).connect("cli", listener);
    return new OperatorSession(settings, connection, listener);
  }

  /** A stored snapshot. */
  public interface MappingTaker {
    /**
     * Takes one.
     *
     * @param snapshot in JSON
     * @param storedAt when NATS stored it
     */
    void take(byte[] snapshot, Instant storedAt);
  }

  /** Gives the last snapshot of each host to {@code taker}. */
  public void mappings(MappingTaker taker) throws BusException {
    try {
      MappingBucket.existing(connection)
          .readAll((json, at) -> {
            taker.take(json, at);
            return true;
          });
    } catch (JetStreamApiException e) {
      throw missing(e, JetStreamAssets.MAPPING);
    } catch (IOException e) {
      throw listener.explain(e);
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
  }

  /** What people said. */
  public SaidBucket said() throws BusException {
    try {
      connection.keyValueManagement().getStatus(JetStreamAssets.SAID);
      return new SaidBucket(
          connection.keyValue(JetStreamAssets.SAID, JetStreamAssets.bucketOptions()),
          listener::explain);
    } catch (JetStreamApiException e) {
      throw missing(e, JetStreamAssets.SAID);
    } catch (IOException e) {
      throw listener.explain(e);
    }
  }

  /** Asks the controller and waits for its answer. */
  public OperatorReply ask(OperatorRequest request, Duration timeout) throws BusException {
    String subject = settings.subjects().operator(request.ask().verb());
    try {
      CompletableFuture<Message> asked =
          connection.requestWithTimeout(subject, ControlJson.encode(request), timeout);
      listener.ends(asked);
      Message answer = asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return switch (ControlJson.decode(OperatorReply.class, answer.getData())) {
        case Decoded.Ok<OperatorReply> ok -> ok.value();
        case Decoded.Malformed<OperatorReply> bad ->
            throw new BusException(
                "the controller's answer cannot be read (%s)".formatted(bad.detail()),
                "see that both are of the same version: blkwarden --version");
      };
    } catch (CancellationException | TimeoutException e) {
      throw listener
          .refusal(e)
          .orElseGet(() ->
              new BusException(
                  "no answer within %d s".formatted(timeout.toSeconds()),
                  "the request may still be carried out; look at 'blkwarden alerts' and at the"
                      + " controller's log",
                  e));
    } catch (ExecutionException e) {
      throw new BusException(
          "no controller answers on %s".formatted(subject),
          "start one with 'blkwarden controller' or check --prefix",
          e);
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
  }

  /**
   * Gives the alerts since {@code since} to {@code taker}, in order, in JSON; then, if {@code
   * follow}, those that come, until {@code stopped}.
   */
  public void alerts(Instant since, boolean follow, BooleanSupplier stopped, Consumer<byte[]> taker)
      throws BusException {
    read(
        JetStreamAssets.ALERTS,
        settings.subjects().prefix() + ".alert.>",
        since,
        follow,
        stopped,
        taker);
  }

  /**
   * Gives all decisions, outcomes and alerts since {@code since} to {@code taker}, in JSON: each
   * kind in order, one kind after the other. A stream that does not exist yet has none.
   */
  private void history(Instant since, BooleanSupplier stopped, Consumer<byte[]> taker)
      throws BusException {
    Map<String, String> streams = new LinkedHashMap<>();
    streams.put(JetStreamAssets.DECISIONS, settings.subjects().allDecisions());
    streams.put(JetStreamAssets.AUDIT, settings.subjects().allOutcomes());
    streams.put(JetStreamAssets.ALERTS, settings.subjects().prefix() + ".alert.>");
    try {
      List<String> there =
          connection.jetStreamManagement(JetStreamAssets.options()).getStreamNames();
      streams.keySet().retainAll(there);
    } catch (IOException | JetStreamApiException e) {
      throw listener.explain(e);
    }
    if (streams.isEmpty()) {
      throw new BusException(
          "NATS at %s has none of blkwarden's streams yet".formatted(settings.printableServers()),
          "start the controller once");
    }
    for (Map.Entry<String, String> each : streams.entrySet()) {
      read(each.getKey(), each.getValue(), since, false, stopped, taker);
    }
  }

  /**
   * What was said about something since {@code since}.
   *
   * <p>What cannot be read is left out: it may be of a later version.
   */
  public Story story(Question question, Instant since, BooleanSupplier stopped)
      throws BusException {
    Story story = new Story();
    if (question.id().isPresent()) {
      history(since, stopped, each(question::learn));
    }
    history(
        since,
        stopped,
        each(message -> {
          if (question.concerns(message)) {
            story.add(message);
          }
        }));
    return story;
  }

  private static Consumer<byte[]> each(Consumer<ControlMessage> taker) {
    return bytes -> {
      if (ControlJson.decode(ControlMessage.class, bytes)
          instanceof Decoded.Ok<ControlMessage>(ControlMessage message)) {
        taker.accept(message);
      }
    };
  }

  private void read(
      String stream,
      String subject,
      Instant since,
      boolean follow,
      BooleanSupplier stopped,
      Consumer<byte[]> taker)
      throws BusException {
    ConsumerConfiguration from =
        ConsumerConfiguration.builder()
            .deliverPolicy(DeliverPolicy.ByStartTime)
            .startTime(since.atZone(ZoneOffset.UTC))
            .build();
    try {
      JetStreamSubscription subscription =
          connection
              .jetStream(JetStreamAssets.options())
              .subscribe(
                  subject,
                  PushSubscribeOptions.builder().stream(stream)
                      .ordered(true)
                      .configuration(from)
                      .build());
      long left = subscription.getConsumerInfo().getCalculatedPending();
      while (!stopped.getAsBoolean() && (follow || left > 0)) {
        Message message = subscription.nextMessage(POLL);
        if (message != null) {
          left = message.metaData().pendingCount();
          taker.accept(message.getData());
        }
      }
      subscription.unsubscribe();
    } catch (JetStreamApiException e) {
      throw missing(e, stream);
    } catch (IOException e) {
      throw listener.explain(e);
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
  }

  @Override
  public void close() {
    NatsLinks.close(connection);
  }

  private BusException missing(JetStreamApiException e, String what) {
    return e.getErrorCode() == 404
        ? new BusException(
            "NATS at %s has no %s yet".formatted(settings.printableServers(), what),
            "start the controller once, it creates what is missing",
            e)
        : listener.explain(e);
  }
}
