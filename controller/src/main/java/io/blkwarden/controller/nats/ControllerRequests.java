package io.blkwarden.controller.nats;

import io.blkwarden.model.OperatorKey;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayPage;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a controller, on subjects with the user's public key, or without a key if the
 * connection has no credentials.
 */
final class ControllerRequests implements RecordPages {
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(20);

  private final Connection connection;
  private final OperatorListener listener;
  private final Subjects subjects;
  private final @Nullable OperatorKey key;

  ControllerRequests(NatsSettings settings, Connection connection, OperatorListener listener)
      throws NatsException {
    this.connection = connection;
    this.listener = listener;
    this.subjects = settings.subjects();
    this.key = key(settings.credentials());
  }

  private static @Nullable OperatorKey key(@Nullable Path credentials) throws NatsException {
    try {
      return credentials == null ? null : Seeds.publicKey(credentials);
    } catch (IOException | IllegalArgumentException e) {
      throw new NatsException(
          "the NATS credentials %s contain no user seed (%s)"
              .formatted(credentials, e.getMessage()),
          "check --creds and NATS_CREDS",
          e);
    }
  }

  /** Requests an action. */
  OperatorReply ask(OperatorRequest request, Duration timeout) throws NatsException {
    String verb = request.ask().verb();
    String subject = key == null ? subjects.operator(verb) : subjects.operator(verb, key);
    return ask(subject, request, OperatorReply.class, timeout);
  }

  @Override
  public ReplayPage page(RecordKind kind, ReplayRequest request) throws NatsException {
    String subject = key == null ? subjects.replay(kind) : subjects.replay(kind, key);
    return ask(subject, request, ReplayPage.class, PAGE_TIMEOUT);
  }

  private <T extends ControlMessage> T ask(
      String subject, ControlMessage request, Class<T> type, Duration timeout)
      throws NatsException {
    try {
      CompletableFuture<Message> reply =
          connection.requestWithTimeout(subject, ControlJson.encode(request), timeout);
      listener.cancelOnRefusal(reply);
      Message answer = reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return switch (ControlJson.decode(type, answer.getData())) {
        case Decoded.Ok<T> ok -> ok.value();
        case Decoded.Malformed<T> bad ->
            throw new NatsException(
                "invalid answer from the controller (%s)".formatted(bad.detail()),
                "check that both have the same version: blkwarden --version");
      };
    } catch (CancellationException | TimeoutException e) {
      throw listener
          .refusal(e)
          .orElseGet(() ->
              new NatsException(
                  "no answer from a controller within %d s".formatted(timeout.toSeconds()),
                  "check /readyz and the log of the controllers, and 'blkwarden alerts': the"
                      + " request may still be carried out",
                  e));
    } catch (ExecutionException e) {
      throw listener
          .refusal(e)
          .orElseGet(() ->
              new NatsException(
                  "no controller answers on %s".formatted(subject),
                  "start one with 'blkwarden controller' or check --prefix",
                  e));
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
  }
}
