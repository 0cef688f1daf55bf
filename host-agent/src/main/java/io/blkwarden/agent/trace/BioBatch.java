package io.blkwarden.agent.trace;

import java.util.List;

/**
 * The I/O traced since the last read. It proves which threads submitted I/O, never which did not:
 * overwritten, skipped and concurrent events are missing.
 *
 * @param bios the requests, at most {@link BioTrace#MAX_BIOS}, oldest first on each CPU
 * @param overruns number of events overwritten or dropped by the kernel
 * @param skippedLines number of lines that could not be parsed
 * @param cut whether there were more events than are read at once
 */
public record BioBatch(List<TracedBio> bios, long overruns, int skippedLines, boolean cut) {
  /** No events. */
  public static final BioBatch EMPTY = new BioBatch(List.of(), 0, 0, false);

  public BioBatch {
    bios = List.copyOf(bios);
  }

  /** Parses a {@code trace} file; comments and empty lines are ignored. */
  static BioBatch parse(String text, int maxBios, long overruns) {
    // truncated text ends with an incomplete line
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    boolean cut = whole.length() < text.length();
    List<TracedBio> bios =
        whole
            .lines()
            .filter(BioBatch::isEvent)
            .flatMap(line -> TracedBio.parse(line).stream())
            .toList();
    int skipped = (int) whole.lines().filter(BioBatch::isEvent).count() - bios.size();
    boolean tooMany = bios.size() > maxBios;
    return new BioBatch(
        tooMany ? bios.subList(0, maxBios) : bios, overruns, skipped, cut || tooMany);
  }

  private static boolean isEvent(String line) {
    return !line.isBlank() && !line.startsWith("#");
  }
}
