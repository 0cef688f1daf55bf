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
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Subscribes to all messages, prints the steps of a throttle, and exits 0 when all were seen.
 *
 * <p>Arguments: number of hosts, threshold in I/Os per second, seconds to wait (0: forever).
 */
public final class Main {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  private final Story story;
  private final boolean once;
  private final PrintStream out;
  private final CountDownLatch whole = new CountDownLatch(1);
  private final SampleFrame frame = new SampleFrame();
  private final long started = System.nanoTime();

  private Main(Story story, boolean once, PrintStream out) {
    this.story = story;
    this.once = once;
    this.out = out;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    long seconds = Long.parseLong(args[2]);
    Main main =
        new Main(
            new Story(Integer.parseInt(args[0]), Double.parseDouble(args[1])),
            seconds > 0,
            System.out);
    System.exit(main.watch(System.getenv("NATS_URL"), seconds) ? 0 : 1);
  }

  private boolean watch(String url, long seconds) throws Exception {
    Options options =
        Options.builder()
            .server(url)
            .maxReconnects(-1)
            .connectionTimeout(Duration.ofSeconds(5))
            .build();
    Connection connection = Nats.connect(options);
    try {
      Dispatcher dispatcher = connection.createDispatcher(this::take);
      for (String subject :
          List.of(
              SUBJECTS.allSamples(),
              SUBJECTS.allMappings(),
              SUBJECTS.prefix() + ".command.*",
              SUBJECTS.allOutcomes(),
              SUBJECTS.allAlerts())) {
        dispatcher.subscribe(subject);
      }
      connection.flush(Duration.ofSeconds(5));
      out.println("watching " + SUBJECTS.prefix() + ".> on " + url);
      if (seconds == 0) {
        whole.await();
      }
      boolean seen = whole.await(seconds, TimeUnit.SECONDS);
      synchronized (story) {
        if (!seen) {
          out.println("not seen within " + seconds + " s:");
          story.missing().forEach(step -> out.println("  - " + step));
        }
      }
      return seen;
    } finally {
      connection.close();
    }
  }

  private void take(Message message) {
    List<String> lines;
    synchronized (story) {
      lines = lines(message);
      for (String line : lines) {
        out.printf("[%6.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
      }
      if (once && !lines.isEmpty() && story.whole()) {
        whole.countDown();
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
