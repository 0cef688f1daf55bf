package io.blkwarden.agent.trace;

import io.blkwarden.model.DeviceNumber;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A traced I/O request: event {@code block:block_bio_queue}.
 *
 * <p>Format of the {@code trace} file, with the flags of Linux 6.1 and of older kernels:
 *
 * <pre>{@code
 * 1.xvda2-0-627     [001] .....    82.195742: block_bio_queue: 253,1 WS 54784 + 128 [1.xvda2-0]
 * 1.xvda2-0-627   [001] d..1    82.195742: block_bio_queue: 253,1 WS 54784 + 128 [1.xvda2-0]
 * }</pre>
 *
 * The event fires in the context of the submitting thread: the pid and the name in brackets are
 * those of the thread at that time. The name in the first column is cached and may be {@code
 * <...>}.
 *
 * @param pid the submitting thread
 * @param comm its name, truncated to 15 bytes
 * @param device the target device; each level of a device stack has its own event
 * @param sectors length in units of 512 bytes; 0 for a flush
 * @param rwbs kind of request: R, W, D (discard), F (flush), with S (sync), M (metadata) and others
 */
public record TracedBio(int pid, String comm, DeviceNumber device, long sectors, String rwbs) {
  private static final int LONGEST_LINE = 512;

  // Greedy, because a thread may be named "a-1 [000]": only the last match is the kernel's. Names
  // are
  // truncated to 15 bytes, so they cannot contain the rest of the line.
  private static final Pattern LINE =
      Pattern.compile(
          ".*-(\\d{1,10})\\s+(?:\\([ \\d-]*\\)\\s+)?\\[\\d{3,5}\\]\\s+(?:\\S{1,8}\\s+)?\\d+\\.\\d+:"
              + " block_bio_queue: (\\d{1,4}),(\\d{1,7}) (\\S{1,8}) \\d+ \\+ (\\d{1,10})"
              + " \\[(.{0,63})\\]");

  /** Parses a line of a {@code trace} file that is neither empty nor a comment. */
  public static Optional<TracedBio> parse(String line) {
    Matcher bio = LINE.matcher(line);
    try {
      return line.length() > LONGEST_LINE || !bio.matches()
          ? Optional.empty()
          : Optional.of(
              new TracedBio(
                  Integer.parseInt(bio.group(1)),
                  bio.group(6),
                  new DeviceNumber(Integer.parseInt(bio.group(2)), Integer.parseInt(bio.group(3))),
                  Long.parseLong(bio.group(5)),
                  bio.group(4)));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // a number out of range
    }
  }
}
