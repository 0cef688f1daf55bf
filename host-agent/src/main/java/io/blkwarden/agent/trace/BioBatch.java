package io.blkwarden.agent.trace;

import java.util.List;

/**
 * What was traced since the last time.
 *
 * <p>It proves who submitted, never who did not: what was overwritten, left out, or came between
 * the reading and the clearing of the buffers is not here.
 *
 * @param bios the requests, at most {@link BioTrace#MAX_BIOS}, oldest first on each CPU
 * @param overruns events that the kernel overwrote or dropped because a buffer was full
 * @param skippedLines lines that are no such event, which is a new format or damage
 * @param cut whether there was more than is read at once
 */
public record BioBatch(List<TracedBio> bios, long overruns, int skippedLines, boolean cut) {
  /** Nothing was traced. */
  public static final BioBatch EMPTY = new BioBatch(List.of(), 0, 0, false);

  public BioBatch {
    bios = List.copyOf(bios);
  }

  /** Parses what a {@code trace} file says; comments and empty lines are passed over. */
  static BioBatch parse(String text, int maxBios, long overruns) {
    // A text that was cut ends inside a line.
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    boolean cut = whole.length() < text.length();
    List<TracedBio> bios =
        whole
            .lines()
            .filter(BioBatch::isEvent)
            .map(TracedBio::parse)
            .flatMap(reading -> reading.toOptional().stream())
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
