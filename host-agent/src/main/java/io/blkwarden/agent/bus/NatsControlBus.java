package io.blkwarden.agent.bus;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus over one NATS connection, which is sought for ever.
 *
 * <p>Callers put into the {@link Outbox} under a short lock; one thread, {@code bus-send}, takes
 * out and calls the client, which may block when the server does not read. Commands are decoded on
 * the client's dispatcher thread and handed over.
 */
public final class NatsControlBus implements ControlBus {
  private static final Logger LOG = LoggerFactory.getLogger(NatsControlBus.class);

  private static final String JOURNAL = "outcome-journal";
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final BusSettings settings;
  private final LongSupplier nowMillis;
  private final RandomGenerator random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final NatsOptions natsOptions = new NatsOptions();
  private final Outbox outbox = new Outbox();
  private final CommandLimits limits = new CommandLimits();
  private final SnapshotBytes snapshots = new SnapshotBytes();
  private final OutcomeJournal journal;
  private int journaled;
  private final Thread sender = new Thread(this::run, "bus-send");
  private @Nullable BusListener listener;
  private @Nullable Connection connection;
  private boolean up;
  private boolean stopping;
  private final Map<String, String> faults =
      new TreeMap<>(Map.of(Publisher.NATS, "not connected yet"));

  /**
   * Makes a bus that is not started yet.
   *
   * @param settings how to reach the controllers
   * @param journal keeps outcomes over this agent's end
   * @param nowMillis CLOCK_MONOTONIC in ms
   * @param random for the delays between tries
   */
  public NatsControlBus(
      BusSettings settings,
      OutcomeJournal journal,
      LongSupplier nowMillis,
      RandomGenerator random) {
    this.settings = settings;
    this.journal = journal;
    this.nowMillis = nowMillis;
    this.random = random;
    sender.setDaemon(true);
  }

  @Override
  public void start(BusListener heard) {
    List<Outcome> left = journal.load();
    locked(() -> {
      listener = heard;
      left.forEach(outbox::outcome);
      journaled = left.size();
    });
    sender.start();
  }

  @Override
  public void sample(byte[] batch) {
    put(() -> outbox.sample(batch));
  }

  @Override
  public void heartbeat(Heartbeat heartbeat) {
    put(() -> outbox.beat(heartbeat));
  }

  @Override
  public void mapping(MappingEvent event) {
    put(() -> outbox.event(event));
  }

  /** Encodes it for that, which the sender does again: it is asked for with each request only. */
  @Override
  public Optional<String> tooLarge(MappingSnapshot snapshot) {
    Connection live = current();
    long most = live == null ? ControlJson.MAX_BYTES : Publisher.mostBytes(live);
    return Publisher.tooLarge(snapshot, ControlJson.encode(snapshot).length, most);
  }

  @Override
  public void outcome(Outcome outcome) {
    put(() -> {
      kept(journal.add(outcome));
      journaled++;
      outbox.outcome(outcome);
      if (journaled >= 2 * Outbox.MAX_OUTCOMES) {
        forgetConfirmed();
      }
    });
  }

  /** Drops from the journal what the stream has; its owner holds the lock. */
  private void forgetConfirmed() {
    List<Outcome> waiting = outbox.outcomes();
    if (journaled > waiting.size()) {
      Optional<String> fault = journal.keepOnly(waiting);
      kept(fault);
      journaled = fault.isEmpty() ? waiting.size() : journaled;
    }
  }

  private void kept(Optional<String> fault) {
    fault.ifPresentOrElse(text -> told(JOURNAL, text), () -> faults.remove(JOURNAL));
  }

  @Override
  public BusState state() {
    lock.lock();
    try {
      return new BusState(up, faults, outbox.drops());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop(Duration patience) {
    long until = nowMillis.getAsLong() + patience.toMillis();
    lock.lock();
    try {
      while (up && !outbox.settled() && nowMillis.getAsLong() < until) {
        changed.awaitNanos(50 * NANOS_PER_MILLI);
      }
      stopping = true;
      changed.signalAll();
    } catch (InterruptedException _) {
      stopping = true;
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    sender.interrupt();
    close(current());
    natsOptions.close();
  }

  private void put(Runnable action) {
    locked(() -> {
      action.run();
      changed.signalAll();
    });
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (!isStopping()) {
        Connection live = current();
        if (live == null) {
          connect();
        } else {
          step(live);
        }
      }
    } catch (InterruptedException _) {
      LOG.debug("bus-send ends");
    }
  }

  private boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Connection current() {
    lock.lock();
    try {
      return connection;
    } finally {
      lock.unlock();
    }
  }

  private void connect() throws InterruptedException {
    NatsNotices notices = new NatsNotices(new Owner());
    try {
      Options options = natsOptions.of(settings, notices, notices, random);
      Connection made = Nats.connect(options);
      locked(() -> connection = made);
    } catch (IOException | RuntimeException e) {
      told(Publisher.NATS, "cannot connect: " + e.getMessage());
      pause(1 + random.nextLong(settings.reconnectSpread().toMillis()));
    }
  }

  private void pause(long millis) throws InterruptedException {
    long until = nowMillis.getAsLong() + millis;
    lock.lock();
    try {
      while (!stopping && nowMillis.getAsLong() < until) {
        changed.awaitNanos(Math.max(1, until - nowMillis.getAsLong()) * NANOS_PER_MILLI);
      }
    } finally {
      lock.unlock();
    }
  }

  private Work nextWork(Connection live) throws InterruptedException {
    lock.lock();
    try {
      if (outbox.outcomes().isEmpty()) {
        forgetConfirmed();
      }
      Work work = outbox.next(nowMillis.getAsLong());
      while (work instanceof Work.Idle(long millis) && !stopping && live.equals(connection)) {
        changed.awaitNanos(millis * NANOS_PER_MILLI);
        if (outbox.outcomes().isEmpty()) {
          forgetConfirmed();
        }
        work = outbox.next(nowMillis.getAsLong());
      }
      return work;
    } finally {
      lock.unlock();
    }
  }

  private void step(Connection live) throws InterruptedException {
    Work work = nextWork(live);
    Publisher publisher = new Publisher(settings, live, snapshots, new Results());
    try {
      publisher.send(work);
    } catch (IllegalStateException e) {
      // The connection went away between the look and the call; DISCONNECTED follows.
      publisher.failed(work, "not connected: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      publisher.failed(work, String.valueOf(e.getMessage()));
    }
  }

  /** What became of what was sent; called on the sender's and on the client's threads. */
  private final class Results implements Publisher.Results {
    @Override
    public void tell(BiConsumer<Outbox, Long> result) {
      put(() -> result.accept(outbox, nowMillis.getAsLong()));
    }

    @Override
    public void fault(String what, String text) {
      told(what, text);
    }

    @Override
    public void works(String what) {
      locked(() -> faults.remove(what));
    }
  }

  private void subscribe(Connection live) {
    live.createDispatcher(this::heard).subscribe(settings.subjects().command(settings.host()));
  }

  private void heard(Message message) {
    String to = message.getReplyTo();
    if (to == null || !settings.subjects().isInbox(to)) {
      put(() -> outbox.drop("commands_not_asked"));
      return;
    }
    long now = nowMillis.getAsLong();
    if (!limits.admits(to, now)) {
      put(() -> outbox.drop("commands_over_limit"));
      return;
    }
    Decoded<Command> decoded = ControlJson.decode(Command.class, message.getData());
    if (decoded instanceof Decoded.Malformed && !limits.admitsMalformed(now)) {
      put(() -> outbox.drop("commands_malformed"));
      return;
    }
    IncomingCommand command =
        new IncomingCommand(decoded, now, outcome -> put(() -> outbox.reply(to, outcome)));
    BusListener heard = listener();
    if (heard == null || !heard.command(command)) {
      put(() -> outbox.drop("commands"));
    }
  }

  private @Nullable BusListener listener() {
    lock.lock();
    try {
      return listener;
    } finally {
      lock.unlock();
    }
  }

  /** Keeps what is wrong for the heartbeat, and logs it when it is news. */
  private void told(String what, String text) {
    lock.lock();
    try {
      if (text.equals(faults.put(what, text))) {
        return;
      }
    } finally {
      lock.unlock();
    }
    LOG.warn("{}: {}", what, text);
  }

  /** Reactions to the client's notices, on its callback thread. */
  private final class Owner implements NatsNotices.Owner {
    private boolean subscribed;

    @Override
    public void up(Connection live) {
      if (!subscribed) {
        subscribed = true;
        subscribe(live);
      }
      put(() -> {
        up = true;
        faults.remove(Publisher.NATS);
        outbox.connected(true);
      });
      LOG.info("connected to NATS at {}", live.getConnectedUrl());
      BusListener heard = listener();
      if (heard != null) {
        heard.connected();
      }
    }

    @Override
    public void down(Connection live) {
      lost("the connection to NATS is lost");
    }

    @Override
    public void closed(Connection live) {
      locked(() -> connection = live.equals(connection) ? null : connection);
      lost("NATS has ended the connection");
    }

    private void lost(String reason) {
      boolean was = false;
      lock.lock();
      try {
        was = up;
        up = false;
        faults.putIfAbsent(Publisher.NATS, reason);
        outbox.connected(false);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      BusListener heard = listener();
      if (was && heard != null) {
        heard.disconnected(reason);
      }
    }

    @Override
    public void fault(String text) {
      told(Publisher.NATS, text);
    }

    @Override
    public void discarded() {
      put(() -> outbox.drop("messages"));
    }

    @Override
    public void overrun() {
      put(() -> outbox.drop("commands"));
    }
  }

  private static void close(@Nullable Connection live) {
    if (live == null) {
      return;
    }
    try {
      live.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
