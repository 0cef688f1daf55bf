package io.blkwarden.controller.nats;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.RecordKind;
import io.blkwarden.model.message.ReplayRequest;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * Receives what agents, controllers and operators publish, and publishes nothing but the request
 * for the stored maps.
 *
 * <p>One connection and one dispatcher for all subjects, so that messages come in the order in
 * which the server sent them. Memory is bounded by the client's own queue; what it drops is
 * counted.
 */
public final class RecordingTap implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(5);

  /** What takes the messages; called on one thread, which must not wait. */
  public interface Taker {
    /** A message as it came; the payload belongs to the taker. */
    void message(String subject, byte[] payload);

    /**
     * A host's snapshot as the bucket has it.
     *
     * @param subject on which the agent publishes its snapshots
     */
    void stored(String subject, byte[] snapshot);

    /** The connection is back after it was lost. */
    void backAgain();
  }

  private final NatsSettings settings;
  private final Connection connection;
  private final Requests requests;
  private final Dispatcher dispatcher;
  private volatile String mapsProblem = "";

  private RecordingTap(
      NatsSettings settings, Connection connection, Requests requests, Taker taker) {
    this.settings = settings;
    this.requests = requests;
    this.connection = connection;
    this.dispatcher = connection.createDispatcher(m -> taker.message(m.getSubject(), m.getData()));
  }

  /**
   * Connects and listens to everything; the stored snapshots come first, if a controller answers.
   *
   * @throws NatsException if NATS cannot be reached, or lets these credentials not hear it
   */
  public static RecordingTap open(NatsSettings settings, RandomGenerator random, Taker taker)
      throws NatsException {
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
    return open(settings, random, taker, "record", all);
  }

  /**
   * The same, and hears only what hosts say of themselves: mappings, heartbeats and samples.
   *
   * @throws NatsException if NATS cannot be reached, or lets these credentials not hear it
   */
  public static RecordingTap ofHosts(NatsSettings settings, RandomGenerator random, Taker taker)
      throws NatsException {
    Subjects subjects = settings.subjects();
    List<String> ofHosts =
        List.of(subjects.allMappings(), subjects.allHeartbeats(), subjects.allSamples());
    return open(settings, random, taker, "top", ofHosts);
  }

  private static RecordingTap open(
      NatsSettings settings,
      RandomGenerator random,
      Taker taker,
      String link,
      List<String> subjects)
      throws NatsException {
    OperatorListener listener =
        new OperatorListener(link, settings.printableServers(), taker::backAgain);
    Connection connection = new Connector(settings, random).connect(link, listener);
    try {
      RecordingTap tap =
          new RecordingTap(
              settings, connection, new Requests(settings, connection, listener), taker);
      tap.listen(subjects);
      tap.readStored(taker);
      return tap;
    } catch (NatsException e) {
      Connector.close(connection);
      throw e;
    }
  }

  private void listen(List<String> subjects) throws NatsException {
    subjects.forEach(dispatcher::subscribe);
    try {
      connection.flush(BOUND);
    } catch (TimeoutException e) {
      throw new NatsException(
          "NATS at %s took no subscriptions within %d s"
              .formatted(settings.printableServers(), BOUND.toSeconds()),
          "see its log, and try again",
          e);
    } catch (InterruptedException e) {
      throw NatsException.interrupted(e);
    }
    // what the server denies, it says before it answers the flush
    String refused = connection.getLastError();
    if (refused != null && refused.contains("Permissions Violation")) {
      throw new NatsException(
          "NATS at %s does not let these credentials subscribe to the fleet (%s)"
              .formatted(settings.printableServers(), refused),
          "use an operator's seed (--creds or NATS_CREDS)");
    }
  }

  /** Whether the connection stands; it comes back by itself. */
  public boolean connected() {
    return connection.getStatus() == Connection.Status.CONNECTED;
  }

  /**
   * Whether the client gave the connection up, as it does when a server refuses the same
   * credentials twice: nothing is heard any more.
   */
  public boolean closedForGood() {
    return connection.getStatus() == Connection.Status.CLOSED;
  }

  /**
   * Reads the stored snapshots, again after a lost connection; if no controller answers, {@link
   * #mapsProblem} says so, and hosts are known once their agents publish their maps.
   */
  public void readStored(Taker taker) {
    try {
      Optional<String> _ =
          Records.each(
              requests,
              RecordKind.MAPPING,
              ReplayRequest.since(null),
              () -> false,
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
      mapsProblem = "the stored maps are missing: " + e.getMessage();
    }
  }

  /** Why the stored snapshots could not be read the last time; empty if they could. */
  public String mapsProblem() {
    return mapsProblem;
  }

  /** Messages that the client dropped because they were not taken fast enough. */
  public long dropped() {
    return dispatcher.getDroppedCount();
  }

  @Override
  public void close() {
    Connector.close(connection);
  }
}
