package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.RecordingTap;
import io.blkwarden.controller.recording.Entry;
import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.controller.recording.files.Recorder;
import io.blkwarden.controller.recording.files.RecordingFolder;
import io.blkwarden.controller.replay.RecordedPolicies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Records the fleet's messages to files. */
@Command(
    name = "record",
    description = {
      "Records the messages of the fleet until Ctrl-C, for 'blkwarden replay'.",
      "Records samples, maps, heartbeats, commands, outcomes, alerts and operator requests. Sends"
          + " only a request for the stored maps."
    })
final class RecordCommand extends CliCommand.Json {
  private static final long STOP_SECONDS = 10;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Output directory, created if missing (default: current directory).")
  Path dir = Path.of(".");

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      converter = SizeText.class,
      description = "Start a new file at this size (default: ${DEFAULT-VALUE}).")
  long fileBytes = 256L << 20;

  @Option(
      names = "--total-size",
      paramLabel = "SIZE",
      defaultValue = "4GiB",
      converter = SizeText.class,
      description =
          "Delete the oldest recordings above this total size (default: ${DEFAULT-VALUE}).")
  long totalBytes = 4L << 30;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Stop after this time, e.g. 10m or 24h (default: until interrupted).")
  @Nullable Duration length;

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description = "Also record these policy files on change, for 'blkwarden replay'.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Also record this labels file; requires --policies.")
  @Nullable Path labels;

  @Override
  public Integer call() throws NatsException {
    NatsSettings bus = nats.settings("cli");
    require(
        totalBytes >= 2 * fileBytes,
        "--total-size: expected at least twice --file-size, %s, found %s"
            .formatted(SizeText.print(2 * fileBytes), SizeText.print(totalBytes)));
    RecordingFolder.Limits limits = made(() -> new RecordingFolder.Limits(fileBytes, totalBytes));
    require(labels == null || policies != null, "--labels: requires --policies");
    Recorder recorder = new Recorder(Recorder.MAX_BYTES);
    String prefix = bus.subjects().prefix();
    Tap tap = new Tap(recorder, prefix, new AtomicLong(), new AtomicBoolean());
    SecureRandom random = new SecureRandom();
    UUID session = new UUID(random.nextLong(), random.nextLong());
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      return unwritable(e);
    }
    RecordingFolder folder = new RecordingFolder(dir, limits, session, prefix);
    PolicyRecorder policyRecorder = new PolicyRecorder();
    policyRecorder.eachSecond(recorder); // first, so that a replay has them from the start
    CountDownLatch over = endOnSignal(recorder);
    boolean complete;
    boolean refused;
    try {
      try (folder;
          RecordingTap source = RecordingTap.open(bus, tap)) {
        context.note("recording to %s; stop with Ctrl-C".formatted(dir));
        Tap.note(source, context);
        complete = run(recorder, folder, tap, source, policyRecorder);
        refused = source.closedForGood();
      } catch (IOException e) {
        return unwritable(e);
      }
      print(recorder, folder);
      if (refused) {
        return context.failed(
            "NATS closed the connection permanently; recording stopped",
            "check the log of nats-server, --creds and NATS_CREDS, and start again");
      }
      return complete ? ExitCodes.DONE : ExitCodes.FAILED;
    } finally {
      over.countDown();
    }
  }

  /** On Ctrl-C, keeps the process alive until the last file is closed and the summary printed. */
  private static CountDownLatch endOnSignal(Recorder recorder) {
    CountDownLatch over = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              recorder.close(now());
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
        "cannot write to %s (%s: %s)".formatted(dir, e.getClass().getSimpleName(), e.getMessage()),
        "check its permissions and the free space, or choose another --dir");
  }

  /** Records until the time is up or Ctrl-C; returns false if interrupted. */
  private boolean run(
      Recorder recorder,
      RecordingFolder folder,
      Tap tap,
      RecordingTap source,
      PolicyRecorder policyRecorder)
      throws IOException {
    long lengthMillis = length == null ? 0 : length.toMillis();
    long start = millis();
    try (Progress progress = Progress.of(context)) {
      recorder.run(
          folder,
          () -> {
            tap.eachSecond(source, context);
            policyRecorder.eachSecond(recorder);
            long done = millis() - start;
            if ((length != null && done >= lengthMillis) || source.closedForGood()) {
              recorder.close(now());
            }
            progress.at(
                done,
                lengthMillis,
                "%,d sample batches, %,d other messages, %s"
                    .formatted(
                        recorder.samples(), recorder.others(), SizeText.print(folder.bytes())));
          });
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void print(Recorder recorder, RecordingFolder folder) {
    if (json) {
      context.print(
          AsciiJson.document("blkwarden.recorded.v1")
              .put("samples", recorder.samples())
              .put("others", recorder.others())
              .put("lost", recorder.lost())
              .put("disconnected", recorder.disconnected())
              .put("files", folder.files())
              .put("deleted", folder.deleted())
              .put("bytes", folder.bytes()));
      return;
    }
    context
        .out()
        .printf(
            "recorded %d sample batches and %d other messages in %d files, %s; %d messages"
                + " missing%s; %d old files deleted%n",
            recorder.samples(),
            recorder.others(),
            folder.files(),
            SizeText.print(folder.bytes()),
            recorder.lost(),
            recorder.disconnected() ? " and more while disconnected" : "",
            folder.deleted());
    context.out().flush();
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** Reads both clocks; nanoTime may be negative, so its top bits are dropped. */
  private static ReceiveTime now() {
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime()) & Long.MAX_VALUE >> 1;
    return new ReceiveTime(micros, System.currentTimeMillis());
  }

  /** Adds the messages to the queue. */
  private record Tap(
      Recorder recorder, String prefix, AtomicLong dropped, AtomicBoolean reconnected)
      implements RecordingTap.Taker {
    @Override
    public void message(String subject, byte[] payload) {
      take(subject, payload, false);
    }

    @Override
    public void stored(String subject, byte[] snapshot) {
      take(subject, snapshot, true);
    }

    private void take(String subject, byte[] payload, boolean carried) {
      if (payload.length > Entry.PAYLOAD_MAX || subject.length() * 3 > Entry.SUBJECT_MAX) {
        recorder.missing(now(), 0, 1, false);
      } else {
        String kind = subject.substring(prefix.length() + 1);
        recorder.offer(new Entry.Message(now(), carried, kind, payload));
      }
    }

    @Override
    public void backAgain() {
      recorder.missing(now(), 0, 0, true);
      reconnected.set(true);
    }

    static void note(RecordingTap source, CommandContext context) {
      if (!source.mapsProblem().isEmpty()) {
        context.note(source.mapsProblem());
      }
    }

    /** Counts what jnats dropped; reads the maps again after a reconnection, as they may differ. */
    void eachSecond(RecordingTap source, CommandContext context) {
      long total = source.dropped();
      long more = total - dropped.getAndSet(total);
      if (more > 0) {
        recorder.missing(now(), 0, more, false);
      }
      if (reconnected.getAndSet(false)) {
        source.readStored(this);
        note(source, context);
      }
    }
  }

  /** Parses and prints sizes such as {@code 256MiB}, {@code 4GiB} or {@code 500MB}. */
  static final class SizeText implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})([MGT])(i?)B");

    @Override
    public Long convert(String text) {
      Matcher m = FORM.matcher(text);
      if (!m.matches()) {
        throw new TypeConversionException(
            "expected a size such as 256MiB or 4GiB, found '%s'".formatted(text));
      }
      int power = 2 + "MGT".indexOf(m.group(2));
      long unit = (long) Math.pow(m.group(3).isEmpty() ? 1_000 : 1_024, power);
      return Long.parseLong(m.group(1)) * unit;
    }

    /** Prints bytes in the largest fitting unit, such as {@code 12.3 MiB}. */
    static String print(long bytes) {
      int unit = bytes < 1 << 20 ? 1 : bytes < 1 << 30 ? 2 : 3;
      return "%.1f %ciB".formatted(bytes / Math.pow(1_024, unit), " KMG".charAt(unit));
    }
  }

  /** Records the policies of {@code --policies}, if given, whenever they change. */
  private final class PolicyRecorder {
    private static final int POLL_SECONDS = 15;

    private @Nullable RecordedPolicies last;
    private String lastProblem = "";
    private int seconds;

    /** Polls at the first call and at every {@link #POLL_SECONDS}-th. */
    void eachSecond(Recorder recorder) {
      if (policies == null || seconds++ % POLL_SECONDS != 0) {
        return;
      }
      String problem = "";
      try {
        RecordedPolicies found =
            new RecordedPolicies(
                PolicyFolder.read(policies),
                labels == null ? null : PolicyFolder.readFile(labels, labels.toString()));
        byte[] message = found.encode();
        if (message.length > Entry.PAYLOAD_MAX) {
          problem =
              "policies: %s is too large to record: expected at most %d bytes, found %d"
                  .formatted(policies, Entry.PAYLOAD_MAX, message.length);
        } else if (!found.equals(last)) {
          recorder.offer(new Entry.Message(now(), false, Entry.POLICIES, message));
          last = found;
        }
      } catch (IOException e) {
        problem = "policies: cannot read %s (%s)".formatted(policies, e);
      }
      if (!problem.isEmpty() && !problem.equals(lastProblem)) {
        context.note(problem);
      }
      lastProblem = problem;
    }
  }
}
