package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.DurationText;
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
    description =
        "Records samples, mappings, heartbeats, commands, outcomes, alerts and operator requests"
            + " until Ctrl-C. Sends only a request for the stored maps.")
final class RecordCommand extends CliCommand.Json {
  private static final long STOP_SECONDS = 10;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Output directory, created if missing. Default: the current one.")
  Path dir = Path.of(".");

  @Option(
      names = "--file-size",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      converter = SizeText.class,
      description = "Size at which a new file is started. Default ${DEFAULT-VALUE}.")
  long fileBytes = 256L << 20;

  @Option(
      names = "--total-size",
      paramLabel = "SIZE",
      defaultValue = "4GiB",
      converter = SizeText.class,
      description =
          "Total size above which the oldest recordings of the directory are deleted. Default"
              + " ${DEFAULT-VALUE}.")
  long totalBytes = 4L << 30;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Stop after this time, e.g. 10m or 24h.")
  @Nullable Duration length;

  @Option(
      names = "--policies",
      paramLabel = "DIR",
      description =
          "Also record the policies of this directory, the controller's, whenever they change, as"
              + " the default policies of 'blkwarden replay'.")
  @Nullable Path policies;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Also record this labels file; requires --policies.")
  @Nullable Path labels;

  private @Nullable PolicyRecorder policyRecorder;

  @Override
  public Integer call() throws NatsException {
    SecureRandom random = new SecureRandom();
    NatsSettings bus = nats.settings("cli");
    RecordingFolder.Limits limits =
        UsageException.wrap(() -> new RecordingFolder.Limits(fileBytes, totalBytes));
    Recorder recorder = new Recorder(Recorder.MAX_BYTES);
    Tap tap = new Tap(recorder, bus.subjects().prefix());
    UUID session = new UUID(random.nextLong(), random.nextLong());
    try {
      Files.createDirectories(dir);
    } catch (IOException e) {
      return unwritable(e);
    }
    RecordingFolder folder = new RecordingFolder(dir, limits, session, bus.subjects().prefix());
    if (policies != null) {
      policyRecorder = new PolicyRecorder(policies, recorder);
      policyRecorder.poll(); // first, so that a replay has them from the start
    }
    CountDownLatch over = endOnSignal(recorder);
    boolean complete;
    boolean refused;
    try {
      try (folder;
          RecordingTap source = RecordingTap.open(bus, tap)) {
        context.note("recording to %s; stop with Ctrl-C".formatted(dir));
        Tap.note(source, context);
        complete = run(recorder, folder, tap, source);
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
  private boolean run(Recorder recorder, RecordingFolder folder, Tap tap, RecordingTap source)
      throws IOException {
    long lengthMillis = length == null ? 0 : length.toMillis();
    long start = millis();
    long end = length == null ? Long.MAX_VALUE : start + lengthMillis;
    try (Progress progress = Progress.of(context)) {
      recorder.run(
          folder,
          () -> {
            tap.eachSecond(source, context);
            if (policyRecorder != null) {
              policyRecorder.eachSecond();
            }
            if (millis() >= end || source.closedForGood()) {
              recorder.close(now());
            }
            progress.at(
                millis() - start,
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
  private static final class Tap implements RecordingTap.Taker {
    private final Recorder recorder;
    private final int prefix;
    private long dropped;
    private final AtomicBoolean reconnected = new AtomicBoolean();

    Tap(Recorder recorder, String prefix) {
      this.recorder = recorder;
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
      if (payload.length > Entry.PAYLOAD_MAX || subject.length() * 3 > Entry.SUBJECT_MAX) {
        recorder.missing(now(), 0, 1, false);
      } else {
        recorder.offer(new Entry.Message(now(), carried, subject.substring(prefix), payload));
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
      if (total > dropped) {
        recorder.missing(now(), 0, total - dropped, false);
        dropped = total;
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
      if (bytes < 1 << 20) {
        return "%.1f KiB".formatted(bytes / 1024.0);
      }
      return bytes < 1 << 30
          ? "%.1f MiB".formatted(bytes / (double) (1 << 20))
          : "%.2f GiB".formatted(bytes / (double) (1 << 30));
    }
  }

  /** Records the policies of a directory whenever they change. */
  private final class PolicyRecorder {
    private static final int POLL_SECONDS = 15;

    private final Path folder;
    private final Recorder recorder;
    private @Nullable RecordedPolicies last;
    private String lastProblem = "";
    private int seconds;

    PolicyRecorder(Path folder, Recorder recorder) {
      this.folder = folder;
      this.recorder = recorder;
    }

    void eachSecond() {
      if (++seconds % POLL_SECONDS == 0) {
        poll();
      }
    }

    void poll() {
      try {
        RecordedPolicies found =
            new RecordedPolicies(
                PolicyFolder.read(folder),
                labels == null ? null : PolicyFolder.readFile(labels, labels.toString()));
        lastProblem = "";
        if (!found.equals(last)) {
          last = found;
          write(found.encode());
        }
      } catch (IOException e) {
        problem("policies: %s cannot be read (%s)".formatted(folder, e));
      }
    }

    private void write(byte[] message) {
      if (message.length > Entry.PAYLOAD_MAX) {
        problem(
            "policies: %s is too large to record: expected at most %d bytes, found %d"
                .formatted(folder, Entry.PAYLOAD_MAX, message.length));
      } else {
        recorder.offer(new Entry.Message(now(), false, Entry.POLICIES, message));
      }
    }

    private void problem(String problem) {
      if (!problem.equals(lastProblem)) {
        lastProblem = problem;
        context.note(problem);
      }
    }
  }
}
