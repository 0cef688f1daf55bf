package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What happens to the connection of a person's command. It remembers what the server did not let it
 * do: nats-server says so beside the request, which waits in vain.
 */
final class OperatorListener extends LinkListener {
  private static final String VIOLATION = "permissions violation";

  private final String servers;
  private final CompletableFuture<String> violation = new CompletableFuture<>();

  OperatorListener(String link, String servers, Runnable onReconnected) {
    super(link, new LinkCounters(), onReconnected);
    this.servers = servers;
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    if (error.regionMatches(true, 0, VIOLATION, 0, VIOLATION.length())) {
      violation.complete(error);
    } else if (connection.getStatus() == Connection.Status.CONNECTED) { // else connect() tells it
      super.errorOccurred(connection, error);
    }
  }

  /** Ends what waits as soon as the server has said that it may not. */
  void ends(CompletableFuture<?> waiting) {
    var _ = violation.thenRun(() -> waiting.cancel(false));
  }

  /** What the server did not allow; empty while it allowed everything. */
  String refusal() {
    return violation.getNow("");
  }

  /** What the server did not allow, if that is why something failed. */
  Optional<NatsException> refusal(Exception e) {
    String said = violation.getNow("");
    return said.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new NatsException(
                "NATS at %s does not let these credentials do that (%s)".formatted(servers, said),
                "use an operator's seed (--creds or NATS_CREDS); if 'blkwarden nats init' of an"
                    + " earlier version wrote it, run that again and reload nats-server twice",
                e));
  }
}
