package io.blkwarden.agent.nats;

import io.blkwarden.agent.bus.Link;
import io.blkwarden.commandline.nats.NatsFault;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import io.nats.client.Message;
import reactor.core.publisher.FluxSink;
import reactor.core.scheduler.Scheduler;

/** Turns the client's callbacks into events; prints nothing. */
final class NatsNotices implements ConnectionListener, ErrorListener {
  private final FluxSink<Link.Event> events;
  private final Scheduler scheduler;
  private boolean established;

  NatsNotices(FluxSink<Link.Event> events, Scheduler scheduler) {
    this.events = events;
    this.scheduler = scheduler;
  }

  // deprecated by the client, but still the only abstract method
  @SuppressWarnings("deprecation")
  @Override
  public void connectionEvent(Connection connection, Events event) {
    switch (event) {
      case CONNECTED, RESUBSCRIBED -> {
        established = true;
        events.next(
            new Link.Event.Up(
                new NatsSession(connection, scheduler),
                String.valueOf(connection.getConnectedUrl())));
      }
      case DISCONNECTED -> events.next(new Link.Event.Down("connection to NATS lost"));
      case CLOSED -> {
        // the client does not reconnect, as after a second authentication failure
        events.next(new Link.Event.Down("connection to NATS closed"));
        if (established) { // otherwise connect() fails with the reason
          events.complete();
        }
      }
      case RECONNECTED, DISCOVERED_SERVERS, LAME_DUCK -> {
        // RESUBSCRIBED follows the first; the client handles the others
      }
    }
  }

  @Override
  public void errorOccurred(Connection connection, String error) {
    events.next(new Link.Event.Fault(error));
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    events.next(new Link.Event.Fault(NatsFault.of(exception).text()));
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    events.next(new Link.Event.Overrun());
  }

  @Override
  public void messageDiscarded(Connection connection, Message message) {
    events.next(new Link.Event.Discarded());
  }
}
