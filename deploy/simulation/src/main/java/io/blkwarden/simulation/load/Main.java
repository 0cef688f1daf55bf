package io.blkwarden.simulation.load;

import io.blkwarden.model.HostId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes the messages of a fleet at 1 Hz, spread over each second, and prints the number sent
 * and the latency from a sample to the command that it caused.
 *
 * <p>Arguments: hosts, disks per host, seconds, hosts with a storm, publishing moments per second.
 * Every command is answered as done; the latency is that of the first {@code set} for each host. A
 * few connections serve all hosts.
 */
public final class Main {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;
  private static final int CONNECTIONS = 4;
  private static final int HEARTBEAT_SECONDS = 5;

  /** A prime, so that hosts whose storms start together do not publish together. */
  private static final int STRIDE = 619;

  private static final int CALM_SECONDS = 15;
  private static final int STORM_SECONDS = 10;

  private final int hosts;
  private final int seconds;
  private final int storms;
  private final LoadFleet fleet;
  private final List<Connection> connections = new ArrayList<>();
  private final Map<HostId, Integer> numbers = new HashMap<>();

  /** The hosts that publish at each moment of a second. */
  private final List<List<Integer>> hostsOfMoment = new ArrayList<>();

  private final AtomicLongArray epochs;
  private final AtomicLongArray publishedNanos;
  private final AtomicLongArray commanded;
  private final LongAdder mapsRequested = new LongAdder();
  private final LongAdder leadersAnnounced = new LongAdder();
  private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();

  private Main(int hosts, int disks, int seconds, int storms, int moments) {
    this.hosts = hosts;
    this.seconds = seconds;
    this.storms = storms;
    fleet = new LoadFleet(disks, InstantSource.system());
    epochs = new AtomicLongArray(hosts);
    publishedNanos = new AtomicLongArray(hosts);
    commanded = new AtomicLongArray(hosts);
    for (int moment = 0; moment < moments; moment++) {
      hostsOfMoment.add(new ArrayList<>());
    }
    for (int number = 0; number < hosts; number++) {
      numbers.put(LoadFleet.host(number), number);
      hostsOfMoment.get((int) ((long) number * STRIDE % moments)).add(number);
    }
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    int[] n = Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
    new Main(n[0], n[1], n[2], n[3], n[4]).run(System.getenv("NATS_URL"));
  }

  private void run(String url) throws IOException, InterruptedException, TimeoutException {
    for (int i = 0; i < CONNECTIONS; i++) {
      connections.add(Nats.connect(Options.builder().server(url).build()));
    }
    // commands have a connection of their own: samples would delay them
    Connection agents = Nats.connect(Options.builder().server(url).build());
    agents.createDispatcher(this::command).subscribe(SUBJECTS.prefix() + ".command.*");
    agents.flush(Duration.ofSeconds(5));
    for (int number = 0; number < hosts; number++) {
      publishMap(number);
    }
    System.out.println("maps sent");
    long start = System.nanoTime();
    for (int second = 1; second <= seconds; second++) {
      second(second, start + TimeUnit.SECONDS.toNanos(second));
    }
    System.out.println("batches_sent " + (long) hosts * seconds);
    System.out.println("maps_requested " + mapsRequested.sum());
    System.out.println("leaders_announced " + leadersAnnounced.sum());
    List<Long> inOrder = List.copyOf(latencies);
    System.out.println("commands " + inOrder.size());
    percentiles("latency", inOrder);
    percentiles("latency_later_half", inOrder.subList(inOrder.size() / 2, inOrder.size()));
    agents.close();
    for (Connection each : connections) {
      each.close();
    }
  }

  private void second(int second, long start) {
    byte[] calm = fleet.batch(second, 0);
    for (int moment = 0; moment < hostsOfMoment.size(); moment++) {
      long due = start + TimeUnit.SECONDS.toNanos(1) * moment / hostsOfMoment.size();
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(this, wait);
      }
      for (int number : hostsOfMoment.get(moment)) {
        publishSample(number, second, calm);
      }
    }
  }

  private void publishSample(int number, int second, byte[] calm) {
    HostId host = LoadFleet.host(number);
    if ((second + number) % HEARTBEAT_SECONDS == 0 || second == 1) {
      publish(
          number,
          SUBJECTS.heartbeat(host),
          fleet.heartbeat(number, epochs.get(number), second * 1_000L));
    }
    // storms start one after the other, so that the limit on throttled hosts is not reached
    int since = second - CALM_SECONDS - number / 4;
    byte[] batch =
        number < storms && since > 0 ? fleet.batch(second, Math.min(since, STORM_SECONDS)) : calm;
    publishedNanos.set(number, System.nanoTime());
    publish(number, SUBJECTS.sample(host), batch);
  }

  private void publishMap(int number) {
    publish(number, SUBJECTS.mapping(LoadFleet.host(number), "snapshot"), fleet.snapshot(number));
  }

  private void publish(int number, String subject, byte[] payload) {
    connections.get(number % CONNECTIONS).publish(subject, payload);
  }

  private void command(Message message) {
    long now = System.nanoTime();
    if (!(ControlJson.decode(Command.class, message.getData())
        instanceof Decoded.Ok<Command>(Command command))) {
      return;
    }
    Integer number = numbers.get(command.host());
    if (number == null || message.getReplyTo() == null) {
      return;
    }
    epochs.accumulateAndGet(number, command.epoch(), Math::max);
    if (command.action() instanceof CommandAction.Set && commanded.compareAndSet(number, 0, 1)) {
      latencies.add(now - publishedNanos.get(number));
    }
    message.getConnection().publish(message.getReplyTo(), fleet.outcome(command));
    if (command.action() instanceof CommandAction.Snapshot(CommandAction.Revision unless)) {
      if (LoadFleet.REVISION.equals(unless)) {
        leadersAnnounced.increment();
      } else {
        mapsRequested.increment();
        publishMap(number);
      }
    }
  }

  /** Prints p50, p99 and the maximum; the first commands run before the JVM has compiled code. */
  private static void percentiles(String name, List<Long> of) {
    List<Long> sorted = of.stream().sorted().toList();
    if (!sorted.isEmpty()) {
      for (int percent : new int[] {50, 99, 100}) {
        long nanos = sorted.get((sorted.size() - 1) * percent / 100);
        System.out.printf("%s_p%d_ms %.2f%n", name, percent, nanos / 1e6);
      }
    }
  }
}
