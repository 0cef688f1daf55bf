package io.blkwarden.controller.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * Hears what agents, controllers and people say to each other, and says nothing itself.
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

  private final BusSettings settings;
  private final Connection connection;
  private final Dispatcher dispatcher;

  private RecordingTap(BusSettings settings, Connection connection, Taker taker) {
    this.settings = settings;
    this.connection = connection;
    this.dispatcher = connection.createDispatcher(m -> taker.message(m.getSubject(), m.getData()));
  }

  /**
   * Connects and listens to everything; the stored snapshots come too, unless there are none yet.
   *
   * @throws BusException if NATS cannot be reached, or lets these credentials not hear it
   */
  public static RecordingTap open(BusSettings settings, RandomGenerator random, Taker taker)
      throws BusException {
    Subjects subjects = settings.subjects();
    List<String> all =
        List.of(
            subjects.allMappings(),
            subjects.allHeartbeats(),
            subjects.prefix() + ".command.*",
            subjects.allOutcomes(),
            subjects.allAlerts(),
            subjects.allDecisions(),
            subjects.allOperatorRequests(),
            subjects.allSamples());
    return open(settings, random, taker, "record", all);
  }

  /**
   * The same, and hears only what hosts say of themselves: mappings, heartbeats and samples.
   *
   * @throws BusException if NATS cannot be reached, or lets these credentials not hear it
   */
  public static RecordingTap ofHosts(BusSettings settings, RandomGenerator random, Taker taker)
      throws BusException {
    Subjects subjects = settings.subjects();
    List<String> ofHosts =
        List.of(subjects.allMappings(), subjects.allHeartbeats(), subjects.allSamples());
    return open(settings, random, taker, "top", ofHosts);
  }

  private static RecordingTap open(
      BusSettings settings, RandomGenerator random, Taker taker, String link, List<String> subjects)
      throws BusException {
    LinkListener listener = new LinkListener(link, new BusCounters(), taker::backAgain);
    Connection connection = new NatsLinks(settings, random).connect(link, listener);
    RecordingTap tap = new RecordingTap(settings, connection, taker);
    try {
      tap.listen(subjects);
      tap.readStored(taker);
      return tap;
    } catch (BusException e) {
      tap.close();
      throw e;
    }
  }

  private void listen(List<String> subjects) throws BusException {
    subjects.forEach(dispatcher::subscribe);
    try {
      connection.flush(BOUND);
    } catch (TimeoutException e) {
      throw new BusException(
          "NATS at %s took no subscriptions within %d s"
              .formatted(settings.printableServers(), BOUND.toSeconds()),
          "see its log, and try again",
          e);
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
    // what the server denies, it says before it answers the flush
    String refused = connection.getLastError();
    if (refused != null && refused.contains("Permissions Violation")) {
      throw new BusException(
          "NATS at %s lets these credentials not hear the fleet (%s)"
              .formatted(settings.printableServers(), refused),
          "take an operator's seed, by --creds or NATS_CREDS");
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
   * Reads the stored snapshots again, as after a lost connection; none when the controller never
   * ran, for it makes the bucket.
   */
  public void readStored(Taker taker) throws BusException {
    try {
      MappingBucket.existing(connection)
          .readAll((json, at) -> {
            if (ControlJson.decode(MappingSnapshot.class, json)
                instanceof Decoded.Ok<MappingSnapshot>(MappingSnapshot snapshot)) {
              taker.stored(
                  settings.subjects().mapping(snapshot.origin().host(), snapshot.event()), json);
            }
            return true;
          });
    } catch (JetStreamApiException e) {
      if (e.getErrorCode() != 404) {
        throw JetStreamAssets.explain(e, settings.printableServers());
      }
    } catch (IOException e) {
      throw JetStreamAssets.explain(e, settings.printableServers());
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
  }

  /** Messages that the client dropped because they were not taken fast enough. */
  public long dropped() {
    return dispatcher.getDroppedCount();
  }

  @Override
  public void close() {
    NatsLinks.close(connection);
  }
}
