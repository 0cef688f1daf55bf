package io.blkwarden.packages.man;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The warnings of groff and mandoc, which display pages on Linux and BSD, about a manual. */
public final class Lint {
  private Lint() {}

  /** Writes the pages to a folder; returns the warnings, empty if none. */
  public static String warnings(Manual manual, Path folder)
      throws IOException, InterruptedException {
    manual.write(folder.toString(), "1.2", "2026-11-22T00:00:00Z");
    List<String> pages;
    try (Stream<Path> files = Files.walk(folder)) {
      pages = files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
    if (pages.size() < 2) {
      return "no pages of subcommands";
    }
    return said(List.of("groff", "-man", "-ww", "-Tutf8", "-z"), pages)
        + said(List.of("mandoc", "-Tlint", "-Wwarning"), pages);
  }

  private static String said(List<String> command, List<String> pages)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(command);
    words.addAll(pages);
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    int code = process.waitFor();
    return code == 0 ? said : "%s ended with %d: %s".formatted(command, code, said);
  }
}
