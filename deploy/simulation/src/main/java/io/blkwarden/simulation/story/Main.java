package io.blkwarden.simulation.story;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Subscribes to all messages at {@code NATS_URL} and prints what happens.
 *
 * <p>Arguments: number of hosts, threshold in I/Os per second, and the seconds in which all steps
 * of a throttle must be seen, else it exits 1 (0: no limit, it does not exit).
 *
 * <p>With the argument {@code check} it exits 0 if the server has no streams of blkwarden, else 1;
 * with {@code clear} it deletes them.
 */
public final class Main {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private final Story story;
  private final boolean once;
  private final PrintStream out;
  private final CountDownLatch complete = new CountDownLatch(1);
  private final SampleFrame frame = new SampleFrame();
  private final long started = System.nanoTime();

  private Main(Story story, boolean once, PrintStream out) {
    this.story = story;
    this.once = once;
    this.out = out;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    String url = System.getenv("NATS_URL");
    Connection nats =
        Nats.connect(
            Options.builder()
                .server(url)
                .maxReconnects(-1)
                .connectionTimeout(Duration.ofSeconds(5))
                .build());
    try {
      boolean done;
      if (args.length == 1) {
        done = streams(nats.jetStreamManagement(), args[0].equals("clear"));
      } else {
        long seconds = Long.parseLong(args[2]);
        Story story = new Story(Integer.parseInt(args[0]), Double.parseDouble(args[1]));
        System.out.println("watching " + SUBJECTS.prefix() + ".> on " + url);
        done = new Main(story, seconds > 0, System.out).watch(nats, seconds);
      }
      System.exit(done ? 0 : 1);
    } finally {
      nats.close();
    }
  }

  /** Deletes blkwarden's streams if asked to; returns whether there are none. */
  private static boolean streams(JetStreamManagement management, boolean delete) throws Exception {
    List<String> ours =
        management.getStreamNames().stream()
            .filter(name -> name.startsWith("BLKWARDEN_") || name.startsWith("KV_blkwarden-"))
            .toList();
    for (String name : delete ? ours : List.<String>of()) {
      management.deleteStream(name);
    }
    return delete || ours.isEmpty();
  }

  private boolean watch(Connection nats, long seconds) throws Exception {
    Dispatcher dispatcher = nats.createDispatcher(this::take);
    for (String subject :
        List.of(
            SUBJECTS.allSamples(),
            SUBJECTS.allMappings(),
            SUBJECTS.prefix() + ".command.*",
            SUBJECTS.allOutcomes(),
            SUBJECTS.allAlerts())) {
      dispatcher.subscribe(subject);
    }
    nats.flush(Duration.ofSeconds(5));
    if (!once) {
      new CountDownLatch(1).await();
    }
    boolean seen = complete.await(seconds, TimeUnit.SECONDS);
    synchronized (story) {
      if (!seen) {
        out.println("not seen within " + seconds + " s:");
        story.missing().forEach(step -> out.println("  - " + step));
      }
    }
    return seen;
  }

  private void take(Message message) {
    List<String> lines;
    synchronized (story) {
      lines = lines(message);
      for (String line : lines) {
        out.printf("[%6.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
      }
      if (!lines.isEmpty() && complete.getCount() > 0 && story.complete()) {
        complete.countDown();
        out.print(once ? "" : "all steps of a storm were seen; from now on one line per storm\n");
      }
    }
  }

  private List<String> lines(Message message) {
    String subject = message.getSubject();
    if (subject.startsWith(SUBJECTS.prefix() + ".sample.")) {
      return switch (SampleCodec.decode(message.getData(), frame)) {
        case Decoded.Ok<SampleFrame> ok -> story.sampled(SUBJECTS.hostOf(subject, 2), ok.value());
        case Decoded.Malformed<SampleFrame> bad -> List.of("MALFORMED " + subject + ": " + bad);
      };
    }
    return switch (ControlJson.decode(ControlMessage.class, message.getData())) {
      case Decoded.Ok<ControlMessage>(MappingSnapshot snapshot) -> story.snapshot(snapshot);
      case Decoded.Ok<ControlMessage>(Command command) -> story.command(command);
      case Decoded.Ok<ControlMessage>(Outcome outcome) -> story.outcome(outcome);
      case Decoded.Ok<ControlMessage>(Alert alert) -> story.alert(subject, alert);
      case Decoded.Ok<ControlMessage> _ -> List.of();
      case Decoded.Malformed<ControlMessage> bad -> List.of("MALFORMED " + subject + ": " + bad);
    };
  }
}
