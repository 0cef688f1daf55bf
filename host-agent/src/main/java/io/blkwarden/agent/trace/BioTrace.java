package io.blkwarden.agent.trace;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.kernel.TaskStat;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.WorkerId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Traces which thread submits I/O to which device, in a trace instance of the agent, separate from
 * tracing by others.
 *
 * <p>Enables only {@code block:block_bio_queue}, filtered to the watched devices, and only while
 * there are some. The buffers are small, are read as text without blocking, and keep the newest
 * events. Not thread-safe.
 *
 * <p>Source: {@code instances/} of tracefs, {@code Documentation/trace/ftrace.rst}.
 */
public final class BioTrace implements AutoCloseable {
  /** Maximum number of devices watched at a time; more are watched in turns. */
  public static final int MAX_DEVICES = 32;

  /** Maximum number of requests that {@link #drain} returns; more are reported as cut. */
  public static final int MAX_BIOS = 8_192;

  static final String EVENT = "events/block/block_bio_queue";
  static final int MAX_TEXT_BYTES = 1024 * 1024;
  private static final String BUFFER_KIB_PER_CPU = "64";
  private static final int MAX_STATS_BYTES = 4_096;
  private static final String DIRECTORY = "instances";

  /** Instances are named after their process, to tell a crashed agent's from a running one's. */
  private static final String PREFIX = "blkwarden";

  private static final Pattern INSTANCE = Pattern.compile(PREFIX + "-(\\d{1,7})-(\\d{1,18})");
  private static final Pattern LOST = Pattern.compile("(?m)^(?:overrun|dropped events): (\\d+)$");
  private static final Logger LOG = LoggerFactory.getLogger(BioTrace.class);

  private final TraceFiles trace;
  private final String name;
  private final List<String> leftovers;
  private final TraceRotation rotation = new TraceRotation(MAX_DEVICES);
  private List<DeviceNumber> armed = List.of();
  private boolean closed;

  private BioTrace(TraceFiles trace, String name, List<String> leftovers) {
    this.trace = trace;
    this.name = name;
    this.leftovers = List.copyOf(leftovers);
  }

  /**
   * Removes instances of crashed runs and creates an instance.
   *
   * @param root root of the tracefs mount: {@code /} on a live host
   * @param kernel shows in {@code proc} whether owners of instances still run
   * @param pid this process
   * @return failed with what is missing: the mount, permissions, or the event
   */
  public static ReadResult<BioTrace> open(Path root, KernelFiles kernel, int pid) {
    return TraceFiles.find(root).flatMap(trace -> open(trace, kernel, pid));
  }

  static ReadResult<BioTrace> open(TraceFiles trace, KernelFiles kernel, int pid) {
    return TaskStat.read(kernel, pid)
        .flatMap(self -> {
          List<String> leftovers = removeLeftovers(trace, kernel);
          BioTrace made = new BioTrace(trace, nameFor(self.id()), leftovers);
          Optional<String> problem = trace.makeDirectory(DIRECTORY + "/" + made.name);
          if (problem.isPresent()) {
            return ReadResult.failed("trace instance: " + problem.get());
          }
          return made.setUp()
              .map(reason -> {
                made.close();
                return ReadResult.<BioTrace>failed("trace instance: " + reason);
              })
              .orElseGet(() -> ReadResult.present(made));
        });
  }

  private Optional<String> setUp() {
    if (!trace.exists(file(EVENT + "/enable"))) {
      return Optional.of(
          "this kernel has no event block:block_bio_queue (CONFIG_BLK_DEV_IO_TRACE)");
    }
    return trace
        .write(file(EVENT + "/enable"), "0")
        .or(() -> trace.write(file("buffer_size_kb"), BUFFER_KIB_PER_CPU))
        .or(() -> trace.write(file("tracing_on"), "1"));
  }

  /**
   * Sets the watched devices; an empty collection disables the event.
   *
   * <p>If there are more than {@link #MAX_DEVICES}, each call advances to the next ones. A change
   * of devices clears the buffers: a device number may now belong to another volume.
   *
   * @return the error, if any
   */
  public Optional<String> arm(Collection<DeviceNumber> wanted) {
    if (closed) {
      return Optional.of("trace instance: closed");
    }
    List<DeviceNumber> next = rotation.next(wanted);
    Optional<String> problem = next.equals(armed) ? Optional.empty() : watch(next);
    armed = problem.isEmpty() ? next : List.of();
    return problem.map(reason -> "trace instance: " + reason);
  }

  private Optional<String> watch(List<DeviceNumber> devices) {
    Optional<String> stopped =
        trace.write(file(EVENT + "/enable"), "0").or(() -> trace.clear(file("trace")));
    if (stopped.isPresent() || devices.isEmpty()) {
      return stopped;
    }
    return trace
        .write(file(EVENT + "/filter"), filter(devices))
        .or(() -> trace.write(file(EVENT + "/enable"), "1"));
  }

  /** The event filter: at most 32 terms and 700 bytes; the kernel accepts a page. */
  static String filter(List<DeviceNumber> devices) {
    return devices.stream()
        .map(device -> "dev == " + device.kernelDev())
        .collect(Collectors.joining(" || "));
  }

  /** Returns the I/O traced since the last call, and clears the buffers. */
  public ReadResult<BioBatch> drain() {
    if (armed.isEmpty() || closed) {
      return ReadResult.present(BioBatch.EMPTY);
    }
    return trace
        .read(file("trace"), MAX_TEXT_BYTES)
        .flatMap(text -> {
          BioBatch batch = BioBatch.parse(text, MAX_BIOS, overruns());
          return trace
              .clear(file("trace"))
              .map(reason -> ReadResult.<BioBatch>failed("trace instance: " + reason))
              .orElseGet(() -> ReadResult.present(batch));
        });
  }

  /** Lost events since the buffers were cleared, which resets the counters. */
  private long overruns() {
    long lost = 0;
    for (String cpu : trace.list(file("per_cpu")).orElse(List.of())) {
      String stats = trace.read(file("per_cpu/" + cpu + "/stats"), MAX_STATS_BYTES).orElse("");
      Matcher counter = LOST.matcher(stats);
      while (counter.find()) {
        lost += Long.parseLong(counter.group(1));
      }
    }
    return lost;
  }

  /** Why instances of earlier runs could not be removed; they only use memory. */
  public List<String> leftovers() {
    return leftovers;
  }

  private String file(String path) {
    return DIRECTORY + "/" + name + "/" + path;
  }

  /** Disables the event and removes the instance; if that fails, the next run removes it. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      remove(trace, name)
          .ifPresent(reason -> LOG.warn("cannot remove the trace instance: {}", reason));
    }
  }

  private static String nameFor(WorkerId owner) {
    return "%s-%d-%d".formatted(PREFIX, owner.pid(), owner.startTicks());
  }

  /**
   * Removes instances of earlier runs. Those whose owner runs, or may run, are kept.
   *
   * @return why some could not be removed, such as EBUSY
   */
  private static List<String> removeLeftovers(TraceFiles trace, KernelFiles kernel) {
    List<String> problems = new ArrayList<>();
    switch (trace.list(DIRECTORY)) {
      case ReadResult.Present<List<String>>(List<String> names) ->
          names.stream()
              .filter(name -> name.startsWith(PREFIX) && isOrphan(name, kernel))
              .forEach(name ->
                  remove(trace, name)
                      .ifPresent(reason ->
                          problems.add("cannot remove an instance of an earlier run: " + reason)));
      case ReadResult<List<String>> none -> problems.add(none.describe());
    }
    return problems;
  }

  private static boolean isOrphan(String name, KernelFiles kernel) {
    Matcher matcher = INSTANCE.matcher(name);
    if (!matcher.matches()) {
      return true;
    }
    return switch (TaskStat.read(kernel, Integer.parseInt(matcher.group(1)))) {
      case ReadResult.Present<TaskStat>(TaskStat stat) ->
          stat.id().startTicks() != Long.parseLong(matcher.group(2));
      case ReadResult.Absent<TaskStat> _ -> true;
      case ReadResult.Malformed<TaskStat> _, ReadResult.Failed<TaskStat> _ -> false;
    };
  }

  /** Disables the event of an instance and removes it. */
  private static Optional<String> remove(TraceFiles trace, String name) {
    String directory = DIRECTORY + "/" + name;
    // errors are ignored: only the removal matters
    Optional<String> _ = trace.write(directory + "/" + EVENT + "/enable", "0");
    return trace.removeDirectory(directory);
  }
}
