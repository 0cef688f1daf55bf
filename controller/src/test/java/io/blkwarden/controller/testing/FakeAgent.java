package io.blkwarden.controller.testing;

import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** A scripted agent of one host over real NATS. */
public final class FakeAgent implements AutoCloseable {
  private final HostId host;
  private final Connection connection;

  /** The received commands in order, including repeated ones. */
  public final List<Command> commands = new CopyOnWriteArrayList<>();

  /** Its answer to a command; empty for no answer. */
  public volatile Function<Command, Optional<Outcome>> answers = command -> Optional.empty();

  /** Connects and subscribes to the host's commands. */
  public FakeAgent(NatsServer server, HostId host) throws IOException, InterruptedException {
    this.host = host;
    this.connection =
        Nats.connect(
            Options.builder()
                .server(server.url())
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(100))
                .errorListener(new ErrorListener() {})
                .build());
    connection
        .createDispatcher(message -> {
          if (ControlJson.decode(Command.class, message.getData())
              instanceof Decoded.Ok<Command>(Command command)) {
            commands.add(command);
            answers
                .apply(command)
                .ifPresent(outcome ->
                    connection.publish(message.getReplyTo(), ControlJson.encode(outcome)));
          }
        })
        .subscribe(Subjects.DEFAULT.command(host));
    flush();
  }

  /** Waits until the server has received all sent messages. */
  public void flush() throws InterruptedException {
    try {
      connection.flush(Duration.ofSeconds(30));
    } catch (TimeoutException e) {
      throw new AssertionError("nats-server does not answer", e);
    }
  }

  /** Publishes a snapshot and stores it. */
  public void snapshot(MappingSnapshot snapshot) throws IOException, JetStreamApiException {
    byte[] json = ControlJson.encode(snapshot);
    connection.publish(Subjects.DEFAULT.mapping(host, snapshot.event()), json);
    connection.keyValue("blkwarden-mapping").put(HostToken.key(host), json);
  }

  /** Publishes a heartbeat. */
  public void beat(Heartbeat beat) {
    publish(Subjects.DEFAULT.heartbeat(host), beat);
  }

  /** Publishes an outcome on its subject. */
  public void outcome(Outcome outcome) {
    publish(Subjects.DEFAULT.outcome(host), outcome);
  }

  /** Publishes a batch of samples. */
  public void sample(SampleFrame frame) {
    connection.publish(Subjects.DEFAULT.sample(host), SampleCodec.encode(frame));
  }

  /** Publishes arbitrary data. */
  public void raw(String subject, byte[] payload) {
    connection.publish(subject, payload);
  }

  private void publish(String subject, ControlMessage message) {
    connection.publish(subject, ControlJson.encode(message));
  }

  /** The connection. */
  public Connection connection() {
    return connection;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
