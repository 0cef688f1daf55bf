package io.blkwarden.controller.testing;

import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/** Reads the stream of alerts from its beginning. */
public final class AlertTap implements AutoCloseable {
  private final Connection connection;
  private final List<Alert> alerts = new CopyOnWriteArrayList<>();

  /** Connects and reads continuously. */
  public AlertTap(NatsServer server)
      throws IOException, InterruptedException, JetStreamApiException {
    connection =
        Nats.connect(
            Options.builder().server(server.url()).errorListener(new ErrorListener() {}).build());
    connection
        .jetStream()
        .subscribe(
            "blkwarden.v1.alert.>",
            connection.createDispatcher(),
            message -> {
              if (ControlJson.decode(Alert.class, message.getData())
                  instanceof Decoded.Ok<Alert>(Alert alert)) {
                alerts.add(alert);
              }
            },
            true,
            PushSubscribeOptions.builder().ordered(true).build());
  }

  /** The published alerts, in order. */
  public List<Alert> alerts() {
    return List.copyOf(alerts);
  }

  /** The states, in order. */
  public List<Alert.State> states() {
    return alerts.stream().map(Alert::state).toList();
  }

  /** The IDs of the alerts. */
  public Set<MessageId> ids() {
    return alerts.stream().map(Alert::id).collect(Collectors.toSet());
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
