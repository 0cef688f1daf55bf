package io.blkwarden.controller.nats;

import io.blkwarden.controller.snapshot.ControllerCounters;
import io.nats.client.Connection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The events of a command's connection. It records permission violations, which nats-server reports
 * as errors of the connection while the request only times out.
 */
final class OperatorListener extends ConnectionLog {
  private static final String VIOLATION = "permissions violation";

  private final String servers;
  private final CompletableFuture<String> violation = new CompletableFuture<>();

  OperatorListener(String name, String servers, Runnable onReconnected) {
    super(
        name,
        new ControllerCounters(),
        event -> {
          if (event == Events.RECONNECTED) {
            onReconnected.run();
          }
        });
    this.servers = servers;
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    if (error.regionMatches(true, 0, VIOLATION, 0, VIOLATION.length())) {
      violation.complete(error);
    } else if (connection.getStatus() == Connection.Status.CONNECTED) { // else connect() reports it
      super.errorOccurred(connection, error);
    }
  }

  /** Cancels a request as soon as the server has reported a violation. */
  void cancelOnRefusal(CompletableFuture<?> waiting) {
    var _ = violation.thenRun(() -> waiting.cancel(false));
  }

  /** The permission violation; empty if there is none. */
  String refusal() {
    return violation.getNow("");
  }

  /** The permission violation as the cause of a failure, if there is one. */
  Optional<NatsException> refusal(Exception e) {
    return refusal().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NatsException(
                "NATS at %s does not let these credentials do that (%s)"
                    .formatted(servers, refusal()),
                "use an operator's seed (--creds or NATS_CREDS); if 'blkwarden nats init' of an"
                    + " earlier version wrote it, run that again and reload nats-server twice",
                e));
  }
}
