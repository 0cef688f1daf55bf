package io.blkwarden.controller.nats;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * A subscription to all messages of agents, controllers and operators. It publishes nothing but the
 * request for the stored mappings.
 *
 * <p>One connection and one dispatcher for all subjects keep the server's order. Memory is bounded
 * by the queue of jnats, which counts dropped messages.
 */
public final class RecordingTap implements AutoCloseable {
  private static final Duration SUBSCRIBE_TIMEOUT = Duration.ofSeconds(5);

  /** Receives the messages, on one thread, which must not block. */
  public interface Taker {
    /** A message; the receiver owns the payload. */
    void message(String subject, byte[] payload);

    /**
     * A host's stored mapping snapshot.
     *
     * @param subject on which the agent publishes its snapshots
     */
    void stored(String subject, byte[] snapshot);

    /** The connection was lost and is back. */
    void backAgain();
  }

  private final NatsSettings settings;
  private final OperatorSession session;
  private final Connection connection;
  private final Dispatcher dispatcher;
  private volatile String mapsProblem = "";

  private RecordingTap(NatsSettings settings, OperatorSession session, Taker taker) {
    this.settings = settings;
    this.session = session;
    this.connection = session.connection();
    this.dispatcher = connection.createDispatcher(m -> taker.message(m.getSubject(), m.getData()));
  }

  /**
   * Connects and subscribes to all subjects; the stored snapshots come first, if a controller
   * answers.
   *
   * @throws NatsException if NATS cannot be reached or refuses the subscriptions
   */
  public static RecordingTap open(NatsSettings settings, Taker taker) throws NatsException {
    Subjects subjects = settings.subjects();
    List<String> all = new ArrayList<>(subjects.allOperatorRequests());
    all.addAll(
        List.of(
            subjects.allMappings(),
            subjects.allHeartbeats(),
            subjects.prefix() + ".command.*",
            subjects.allOutcomes(),
            subjects.allAlerts(),
            subjects.allDecisions(),
            subjects.allSamples()));
    return open(settings, taker, "record", all);
  }

  /**
   * Subscribes to the messages of hosts only: mappings, heartbeats and samples.
   *
   * @throws NatsException if NATS cannot be reached or refuses the subscriptions
   */
  public static RecordingTap ofHosts(NatsSettings settings, Taker taker) throws NatsException {
    Subjects subjects = settings.subjects();
    List<String> ofHosts =
        List.of(subjects.allMappings(), subjects.allHeartbeats(), subjects.allSamples());
    return open(settings, taker, "top", ofHosts);
  }

  private static RecordingTap open(
      NatsSettings settings, Taker taker, String link, List<String> subjects) throws NatsException {
    OperatorSession session = OperatorSession.open(settings, link, taker::backAgain);
    RecordingTap tap = new RecordingTap(settings, session, taker);
    try {
      tap.listen(subjects);
    } catch (NatsException e) {
      tap.close();
      throw e;
    }
    tap.readStored(taker);
    return tap;
  }

  private void listen(List<String> subjects) throws NatsException {
    subjects.forEach(dispatcher::subscribe);
    try {
      connection.flush(SUBSCRIBE_TIMEOUT);
    } catch (TimeoutException e) {
      throw new NatsException(
          "NATS at %s did not confirm the subscriptions within %d s"
              .formatted(settings.printableServers(), SUBSCRIBE_TIMEOUT.toSeconds()),
          "check its log, and try again",
          e);
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
    // the server reports violations before it answers the flush
    String refused = connection.getLastError();
    if (refused != null && refused.contains("Permissions Violation")) {
      throw new NatsException(
          "NATS at %s does not let these credentials subscribe to the fleet (%s)"
              .formatted(settings.printableServers(), refused),
          "use an operator's seed (--creds or NATS_CREDS)");
    }
  }

  /** Whether it is connected; it reconnects by itself. */
  public boolean connected() {
    return connection.getStatus() == Connection.Status.CONNECTED;
  }

  /**
   * Whether jnats has closed the connection, as it does when a server refuses the same credentials
   * twice.
   */
  public boolean closedForGood() {
    return connection.getStatus() == Connection.Status.CLOSED;
  }

  /**
   * Reads the stored snapshots, again after a lost connection. If no controller answers, {@link
   * #mapsProblem} has the reason, and hosts are known once their agents publish their mappings.
   */
  public void readStored(Taker taker) {
    try {
      session.records(
          RecordKind.MAPPING,
          stored -> {
            if (ControlJson.decode(MappingSnapshot.class, stored.bytes())
                instanceof Decoded.Ok<MappingSnapshot>(MappingSnapshot snapshot)) {
              taker.stored(
                  settings.subjects().mapping(snapshot.origin().host(), snapshot.event()),
                  stored.bytes());
            }
          });
      mapsProblem = "";
    } catch (NatsException e) {
      mapsProblem = "stored mappings not read: " + e.getMessage();
    }
  }

  /** Why the stored snapshots could not be read; empty if they were. */
  public String mapsProblem() {
    return mapsProblem;
  }

  /** Messages that jnats dropped because they arrived faster than they were processed. */
  public long dropped() {
    return dispatcher.getDroppedCount();
  }

  @Override
  public void close() {
    session.close();
  }
}
