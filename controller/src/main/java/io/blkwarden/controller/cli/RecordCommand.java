package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.RecordingTap;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.ReceiveTime;
import io.blkwarden.controller.recording.RecordingFormat;
import io.blkwarden.controller.recording.files.EntryQueue;
import io.blkwarden.controller.recording.files.RecordLoop;
import io.blkwarden.controller.recording.files.RecordingFolder;
import io.blkwarden.controller.recording.files.RecordingLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes what the fleet says to files. */
@Command(
    name = "record",
    mixinStandardHelpOptions = true,
    description =
        "Records samples, mappings, heartbeats, commands, outcomes, alerts and people's requests,"
            + " until Ctrl-C; sends nothing but the request for the stored maps.")
final class RecordCommand implements Callable<Integer> {
  private static final long STOP_SECONDS = 10;

  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Folder for the files, made if missing. Default: this one.")
  Path dir = Path.of(".");

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      converter = SizeText.class,
      description = "A file of this size is followed by a new one. Default ${DEFAULT-VALUE}.")
  long fileBytes = 256L << 20;

  @Option(
      names = "--total-size",
      paramLabel = "SIZE",
      defaultValue = "4GiB",
      converter = SizeText.class,
      description =
          "The folder's oldest recordings are deleted to stay below this. Default"
              + " ${DEFAULT-VALUE}.")
  long totalBytes = 4L << 30;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      converter = DurationText.class,
      description = "End by itself after so long, such as 10m or 24h.")
  @Nullable Duration length;

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description =
          "Record these policies too, and again when they change: the folder that the controller"
              + " reads. 'blkwarden replay' uses them unless it is given others.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Record these labels of domains with the policies.")
  @Nullable Path labels;

  @Option(names = "--json", description = "Print the summary as a JSON object.")
  boolean json;

  private @Nullable PolicyRecorder tape;

  RecordCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    SecureRandom random = new SecureRandom();
    NatsSettings bus = nats.settings(context, "cli");
    RecordingLimits limits =
        UsageException.wrap(() -> new RecordingLimits(fileBytes, totalBytes));
    EntryQueue queue = new EntryQueue(EntryQueue.MAX_BYTES);
    Tap tap = new Tap(queue, bus.subjects().prefix());
    UUID session = new UUID(random.nextLong(), random.nextLong());
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      return unwritable(e);
    }
    RecordingFolder folder = new RecordingFolder(dir, limits, session, bus.subjects().prefix());
    RecordLoop loop = new RecordLoop(queue, folder, RecordCommand::millis);
    Path rules = policies;
    if (rules != null) {
      tape = new PolicyRecorder(rules, labels, queue, RecordCommand::now, context::note);
      tape.look(); // before all else, so that a replay decides by them from the begin
    }
    CountDownLatch over = endOnSignal(queue);
    boolean whole;
    boolean refused;
    try {
      try (folder;
          RecordingTap source = RecordingTap.open(bus, random, tap)) {
        context.note("recording to %s; Ctrl-C ends it".formatted(dir));
        Tap.remark(source, context);
        whole = run(loop, folder, queue, tap, source);
        refused = source.closedForGood();
      } catch (IOException e) {
        return unwritable(e);
      }
      print(loop, folder);
      if (refused) {
        return context.failed(
            "NATS closed the connection for good, so nothing is recorded any more",
            "check its log, --creds and NATS_CREDS, and start it again");
      }
      return whole ? ExitCodes.DONE : ExitCodes.FAILED;
    } finally {
      over.countDown();
    }
  }

  /** At Ctrl-C the process ends only after the last file is, and the summary is printed. */
  private static CountDownLatch endOnSignal(EntryQueue queue) {
    CountDownLatch over = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              queue.close(now());
              try {
                boolean _ = over.await(STOP_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "blkwarden-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    return over;
  }

  private Integer unwritable(IOException e) {
    return context.failed(
        "%s cannot be written (%s: %s)"
            .formatted(dir, e.getClass().getSimpleName(), e.getMessage()),
        "check its mode and the room on its disk, or choose another --dir");
  }

  /** Runs until the time is up or somebody ends it; false when it was interrupted. */
  private boolean run(
      RecordLoop loop, RecordingFolder folder, EntryQueue queue, Tap tap, RecordingTap source)
      throws IOException {
    Duration until = length;
    long begun = millis();
    long end = until == null ? Long.MAX_VALUE : begun + until.toMillis();
    Drops drops = new Drops();
    try (Progress progress = Progress.of(context)) {
      loop.run(() -> {
        drops.look(source, queue);
        tap.readAgain(source, context);
        if (tape != null) {
          tape.second();
        }
        if (millis() >= end || source.closedForGood()) {
          queue.close(now());
        }
        progress.at(
            millis() - begun,
            until == null ? 0 : until.toMillis(),
            "%,d sample batches, %,d other messages, %s"
                .formatted(loop.samples(), loop.others(), SizeText.print(folder.bytes())));
      });
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void print(RecordLoop loop, RecordingFolder folder) {
    if (json) {
      context
          .out()
          .println(
              AsciiJson.MAPPER.writeValueAsString(
                  AsciiJson.MAPPER
                      .createObjectNode()
                      .put("schema", "blkwarden.recorded.v1")
                      .put("samples", loop.samples())
                      .put("others", loop.others())
                      .put("lost", loop.lost())
                      .put("disconnected", loop.disconnected())
                      .put("files", folder.files())
                      .put("deleted", folder.deleted())
                      .put("bytes", folder.bytes())));
      return;
    }
    context
        .out()
        .printf(
            "recorded %d sample batches and %d other messages in %d files, %s; %d known to be"
                + " missing%s; %d old files deleted%n",
            loop.samples(),
            loop.others(),
            folder.files(),
            SizeText.print(folder.bytes()),
            loop.lost(),
            loop.disconnected() ? ", more while NATS was away" : "",
            folder.deleted());
    context.out().flush();
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** The clocks; nanoTime may be negative, so it counts from a day that no process reaches. */
  private static ReceiveTime now() {
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime()) & Long.MAX_VALUE >> 1;
    return new ReceiveTime(micros, System.currentTimeMillis());
  }

  /** Tells the queue of what the client itself dropped. */
  private static final class Drops {
    private long seen;

    void look(RecordingTap source, EntryQueue queue) {
      long dropped = source.dropped();
      if (dropped > seen) {
        queue.missing(0, dropped - seen, false);
        seen = dropped;
      }
    }
  }

  /** Puts what is heard into the queue. */
  private static final class Tap implements RecordingTap.Taker {
    private final EntryQueue queue;
    private final int prefix;
    private final AtomicBoolean again = new AtomicBoolean();

    Tap(EntryQueue queue, String prefix) {
      this.queue = queue;
      this.prefix = prefix.length() + 1;
    }

    @Override
    public void message(String subject, byte[] payload) {
      take(subject, payload, false);
    }

    @Override
    public void stored(String subject, byte[] snapshot) {
      take(subject, snapshot, true);
    }

    private void take(String subject, byte[] payload, boolean carried) {
      if (payload.length > RecordingFormat.PAYLOAD_MAX
          || subject.length() * 3 > RecordingFormat.SUBJECT_MAX) {
        queue.missing(0, 1, false);
      } else {
        queue.offer(new Entry.Message(now(), carried, subject.substring(prefix), payload));
      }
    }

    @Override
    public void backAgain() {
      queue.missing(0, 0, true);
      again.set(true);
    }

    static void remark(RecordingTap source, CommandContext context) {
      if (!source.mapsProblem().isEmpty()) {
        context.note(source.mapsProblem());
      }
    }

    /** Maps may have changed while the connection was away. */
    void readAgain(RecordingTap source, CommandContext context) {
      if (again.getAndSet(false)) {
        source.readStored(this);
        remark(source, context);
      }
    }
  }
}
