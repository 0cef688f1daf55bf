package io.blkwarden.controller.bus;

import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.DecisionNote;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.subject.HostToken;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fleet's messages over NATS.
 *
 * <p>Three connections, so that a stall of one cannot delay another: samples in; control both ways;
 * alerts and decisions out. Whatever waits for the server (connecting, streams, claims) runs on one
 * thread of its own; nothing else here ever waits. It starts without NATS and keeps trying.
 */
public final class NatsFleetBus implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NatsFleetBus.class);
  private static final long VERIFY_SECONDS = 10;
  private static final long RETRY_MILLIS = 1_000;
  private static final int MAX_FETCHES = 1_024;
  private static final long STORE_SECONDS = 5;

  private final BusSettings settings;
  private final BusCounters counters;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final NatsLinks links;
  private final ClaimDesk desk;
  private final AlertOutbox outbox = new AlertOutbox(AlertOutbox.LIMIT);
  private final DecisionOutbox decided = new DecisionOutbox(DecisionOutbox.LIMIT);
  private final AtomicInteger fetches = new AtomicInteger();
  private final AtomicBoolean checkQueued = new AtomicBoolean();
  private final AtomicBoolean retryQueued = new AtomicBoolean();
  private final SpecBucket specs = new SpecBucket();
  private final Errands errands = new Errands("blkwarden-bus");

  private volatile @Nullable Connection samples;
  private volatile @Nullable Connection control;
  private volatile @Nullable Connection alerts;
  private volatile @Nullable Inbox inbox;
  private volatile boolean prepared;
  private volatile String problem = "not connected to NATS yet";
  private volatile List<Sender> senders = List.of();
  private volatile List<Thread> threads = List.of();
  private volatile @Nullable Subscriptions subscriptions;
  private volatile @Nullable CommandReplies commands;
  private @Nullable JetStreamAssets assets;
  private @Nullable SaidWatch said;
  private @Nullable SpecWatch specWatch;

  /**
   * A bus that is not started yet.
   *
   * @param run random for each start, tells apart controllers of the same name
   * @param mayLead whether this controller may claim the fleet
   */
  public NatsFleetBus(
      BusSettings settings,
      String run,
      BusCounters counters,
      InstantSource clock,
      RandomGenerator random,
      BooleanSupplier mayLead) {
    this.settings = settings;
    this.counters = counters;
    this.random = random;
    this.clock = clock;
    this.links = new NatsLinks(settings, random);
    ClaimKeeper keeper =
        new ClaimKeeper(
            settings.instance(),
            run,
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            settings.aboveEpoch(),
            mayLead);
    this.desk = new ClaimDesk(keeper, settings.subjects(), clock, counters, errands::soon);
  }

  /** Begins to connect and to deliver; returns at once. */
  public void start(Inbox deliverTo) {
    inbox = deliverTo;
    errands.soon(this::bringUp);
    errands.each(VERIFY_SECONDS, this::queueCheck);
    desk.start(() -> prepared && up(control) ? control : null, deliverTo, this::unsettled);
  }

  /** How the bus is. */
  public BusState state() {
    boolean connected = up(samples) && up(control) && up(alerts);
    String text =
        !connected && prepared
            ? "the connection to NATS is lost; reconnecting"
            : Stream.concat(Stream.of(problem), senders.stream().map(Sender::problem))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
    return new BusState(connected, prepared, desk.claim(), text);
  }

  /**
   * Asks a host's agent; the answer or why there is none comes on another thread.
   *
   * <p>Fails at once when NATS is away or nobody listens; nothing is kept for later.
   */
  public CompletableFuture<byte[]> request(HostId host, byte[] command, Duration timeout) {
    CommandReplies current = commands;
    return current == null || !up(control)
        ? CompletableFuture.failedFuture(new IOException("NATS is not connected"))
        : current.request(host, command, timeout);
  }

  /** Takes an alert to be published, in order and until it is stored; see {@link AlertOutbox}. */
  public void publish(Alert alert) {
    switch (outbox.add(alert)) {
      case QUEUED -> {}
      case FOLDED -> counters.alertsFolded.increment();
      case REFUSED -> {
        counters.alertsLost.increment();
        log.error(
            "alert not published, {} wait for NATS already: {}",
            AlertOutbox.LIMIT,
            AlertSender.text(alert));
      }
    }
  }

  /** Takes what was learned of the fleet, to be kept soon; lost while NATS is away. */
  public void keep(FleetSpec spec) {
    Connection link = control;
    if (link != null && specs.offer(spec)) {
      errands.soon(() -> {
        try {
          specs.store(link.keyValue(JetStreamAssets.SPEC, JetStreamAssets.bucketOptions()));
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
          log.warn(
              "what was learned of the fleet was not stored, and is tried again in 5 min: {}",
              e.toString());
        }
      });
    }
  }

  /** Takes a decision to be published, in order and until it is stored. */
  public void publish(DecisionNote note) {
    if (!decided.add(note)) {
      counters.decisionsLost.increment();
      log.error(
          "decision {} not published, {} wait for NATS already; it stands in the log only",
          note.id(),
          DecisionOutbox.LIMIT);
    }
  }

  /** Answers an operator's request; an answer that NATS cannot take is lost, and so asked again. */
  public void reply(String replyTo, OperatorReply reply) {
    Connection link = control;
    if (link == null) {
      return;
    }
    try {
      link.publish(replyTo, ControlJson.encode(reply));
    } catch (IllegalStateException | IllegalArgumentException e) {
      log.warn("operator's request: the answer could not be sent: {}", e.getMessage());
    }
  }

  /** Takes note of the highest epoch that an agent says it has seen. */
  public void noticeEpoch(long epoch) {
    if (desk.notice(epoch)) {
      desk.look();
    }
  }

  /** Samples that were dropped because they were not taken fast enough. */
  public long droppedSamples() {
    Subscriptions current = subscriptions;
    return current == null ? 0 : current.droppedSamples();
  }

  /** Control messages that were dropped because they were not taken fast enough. */
  public long droppedControl() {
    Subscriptions current = subscriptions;
    return current == null ? 0 : current.droppedControl();
  }

  /** Alerts that wait to be stored. */
  public int waitingAlerts() {
    return outbox.size();
  }

  /**
   * Reads the host's last snapshot from the bucket into the inbox, some time soon; for a controller
   * that may not command the agent to send one. At most {@link #MAX_FETCHES} wait; more are left
   * out, for they are asked for again.
   */
  public void fetchMapping(HostId host) {
    Connection link = control;
    Inbox to = inbox;
    if (link == null || to == null) {
      return;
    }
    if (fetches.incrementAndGet() > MAX_FETCHES) {
      fetches.decrementAndGet();
      return;
    }
    errands.soon(() -> {
      fetches.decrementAndGet();
      try {
        MappingBucket.of(link).read(HostToken.key(host), to::storedMapping);
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        log.debug("snapshot of {} not read: {}", host, e.toString());
      }
    });
  }

  /** Deletes the host's snapshot from the bucket; completes on another thread. */
  public CompletableFuture<Void> forget(HostId host) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    errands.soon(() -> {
      Connection link = control;
      try {
        if (link == null) {
          throw new IOException("NATS is not connected");
        }
        MappingBucket.forget(link, host);
        done.complete(null);
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        done.completeExceptionally(explained(e, link));
      }
    });
    return done;
  }

  /**
   * Writes or deletes a silence, an acknowledgement or the pause; completes on another thread, once
   * the inbox has it.
   */
  public CompletableFuture<Void> store(
      OperatorInput input, boolean set, List<OperatorInput> expired) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    errands.soon(() -> {
      Connection link = control;
      SaidWatch watch = said;
      try {
        if (link == null || watch == null) {
          throw new IOException("NATS is not connected");
        }
        CompletableFuture<Void> _ =
            watch
                .reaches(SaidBucket.store(link, input, set, expired))
                .orTimeout(STORE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((_, fault) -> {
                  boolean _ =
                      fault == null ? done.complete(null) : done.completeExceptionally(fault);
                });
      } catch (IOException | JetStreamApiException | IllegalStateException e) {
        done.completeExceptionally(explained(e, link));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        done.completeExceptionally(e);
      }
    });
    return done;
  }

  private Exception explained(Exception e, @Nullable Connection link) {
    return link == null ? e : JetStreamAssets.explain(e, link, settings.printableServers());
  }

  /** Stops to take in samples, mapping, heartbeats and operators' requests. */
  public void stopIntake() {
    Subscriptions current = subscriptions;
    if (current != null) {
      current.closeIntake();
    }
  }

  /** Waits until all alerts are stored; false when the time was over first. */
  public boolean flushAlerts(Duration atMost) throws InterruptedException {
    return outbox.awaitEmpty(atMost);
  }

  /** Decisions that wait to be stored. */
  public int waitingDecisions() {
    return decided.size();
  }

  /** Waits until all decisions are stored; false when the time was over first. */
  public boolean flushDecisions(Duration atMost) throws InterruptedException {
    return decided.awaitEmpty(atMost);
  }

  /** Gives the claim up and closes the connections; what was not flushed is lost. */
  @Override
  public void close() {
    errands.close();
    stopSenders();
    desk.close();
    for (Connection link : new Connection[] {samples, control, alerts}) {
      NatsLinks.close(link);
    }
  }

  private void stopSenders() {
    threads.forEach(Thread::interrupt);
    threads = List.of();
    senders = List.of();
  }

  /** Connects, subscribes, prepares; what succeeded is not done again. */
  private void bringUp() {
    retryQueued.set(false);
    Inbox to = inbox;
    if (to == null) {
      return;
    }
    try {
      Connection samplesLink = samples;
      if (samplesLink == null) {
        samplesLink = links.connect("samples", listener("samples", () -> {}));
        samples = samplesLink;
      }
      Connection controlLink = control;
      if (controlLink == null) {
        controlLink = links.connect("control", listener("control", this::queueRefresh));
        control = controlLink;
        commands = new CommandReplies(controlLink, settings.subjects());
      }
      if (alerts == null) {
        alerts = links.connect("alerts", listener("alerts", this::nudgeSenders));
      }
      if (subscriptions == null) {
        subscriptions =
            new Subscriptions(
                samplesLink,
                controlLink,
                settings.subjects(),
                settings.instance(),
                clock.instant(),
                to,
                desk::written);
      }
      refresh(controlLink, to);
    } catch (BusException e) {
      later(e);
    }
  }

  /** After a connection came up: streams and buckets, the claim, and what was missed. */
  private void refresh(Connection link, Inbox to) throws BusException {
    try {
      JetStreamAssets made =
          new JetStreamAssets(
              link, settings.subjects(), settings.printableServers(), settings.replicas());
      made.ensure();
      assets = made;
      startSenders();
      SaidWatch before = said;
      if (before != null) {
        before.close();
      }
      said = SaidWatch.start(link, to::said); // before a claim, lest a pause is overlooked
      if (!prepared) {
        log.info("NATS: ready at {}", settings.printableServers());
      }
      prepared = true;
      problem = "";
      desk.look();
      SpecWatch earlier = specWatch;
      if (earlier != null) {
        earlier.close();
      }
      specWatch = SpecWatch.start(link, to);
      MappingBucket.of(link).readAll(to::storedMapping);
    } catch (IOException | JetStreamApiException | IllegalStateException e) {
      throw JetStreamAssets.explain(e, link, settings.printableServers());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Begins afresh when the client gave a connection up for good, as it does when a server refuses
   * the same credentials twice: they may be right again later.
   */
  private void abandoned() {
    if (gone(samples) || gone(control) || gone(alerts)) {
      stopSenders();
      NatsLinks.close(samples);
      NatsLinks.close(control);
      NatsLinks.close(alerts);
      samples = null;
      control = null;
      commands = null;
      alerts = null;
      subscriptions = null;
      prepared = false;
      later(
          new BusException(
              "NATS at %s closed the connection for good".formatted(settings.printableServers()),
              "check its log, --creds and NATS_CREDS"));
    }
  }

  private static boolean gone(@Nullable Connection link) {
    return link != null && link.getStatus() == Connection.Status.CLOSED;
  }

  private void later(BusException e) {
    String text = String.valueOf(e.getMessage());
    if (!text.equals(problem)) {
      problem = text;
      log.error("{}", text);
    }
    if (retryQueued.compareAndSet(false, true)) {
      errands.later(RETRY_MILLIS + random.nextLong(RETRY_MILLIS), this::bringUp);
    }
  }

  private void queueRefresh() {
    errands.soon(this::bringUp);
  }

  private void queueCheck() {
    if (checkQueued.compareAndSet(false, true)) {
      errands.soon(this::check);
    }
  }

  /** Looks whether JetStream works, and whether all streams and replicas are there. */
  private void check() {
    checkQueued.set(false);
    Connection link = control;
    JetStreamAssets known = assets;
    if (!prepared || link == null || known == null || !up(link)) {
      return;
    }
    try {
      JetStreamAssets.check(link, settings.printableServers());
      known.ensure();
    } catch (BusException e) {
      later(e);
    }
  }

  private void unsettled(Connection link, Exception e) {
    later(JetStreamAssets.explain(e, link, settings.printableServers()));
  }

  private void startSenders() throws IOException {
    Connection link = alerts;
    if (senders.isEmpty() && link != null) {
      Subjects subjects = settings.subjects();
      List<Sender> made =
          List.of(
              new AlertSender(outbox, link, subjects, counters, desk::claim, random),
              new DecisionSender(decided, link, subjects, counters, random));
      threads = made.stream().map(Sender::start).toList();
      senders = made;
    }
  }

  private void nudgeSenders() {
    outbox.nudge();
    decided.nudge();
  }

  private LinkListener listener(String link, Runnable onReconnected) {
    return new LinkListener(link, counters, onReconnected, () -> errands.soon(this::abandoned));
  }

  private static boolean up(@Nullable Connection link) {
    return link != null && link.getStatus() == Connection.Status.CONNECTED;
  }
}
