package io.blkwarden.agent.bus;

import io.blkwarden.commandline.nats.NatsFault;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;

/** What the client tells about a connection, handed on to who owns it; nothing is printed. */
final class NatsNotices implements ConnectionListener, ErrorListener {
  /** Who owns the connection. */
  interface Owner {
    /** A connection stands and its subscriptions were sent. */
    void up(Connection connection);

    /** It is gone, and the client tries to get it back. */
    void down(Connection connection);

    /** It is gone for good, as after a second refusal of the credentials. */
    void closed(Connection connection);

    /** Something went wrong, in the server's or the client's words. */
    void fault(String text);

    /** A message was dropped on the way out. */
    void discarded();

    /** A command was dropped on the way in. */
    void overrun();
  }

  private final Owner owner;

  NatsNotices(Owner owner) {
    this.owner = owner;
  }

  // The client deprecates this method, and yet has no other that must be there.
  @SuppressWarnings("deprecation")
  @Override
  public void connectionEvent(Connection connection, Events event) {
    switch (event) {
      case CONNECTED, RESUBSCRIBED -> owner.up(connection);
      case DISCONNECTED -> owner.down(connection);
      case CLOSED -> owner.closed(connection);
      case RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK -> {
        // RESUBSCRIBED follows the first; the client acts on the others itself.
      }
    }
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    owner.fault(error);
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    owner.fault(NatsFault.of(exception).text());
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    owner.overrun();
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    owner.discarded();
  }
}
