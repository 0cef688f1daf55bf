package io.blkwarden.packages.man;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The manual pages of a program and its commands.
 *
 * @param program the program
 * @param section 1 for user commands, 8 for administration commands
 * @param files files that it reads
 * @param environment environment variables, besides those of both programs
 * @param others pages of other programs for SEE ALSO, such as {@code blkwarden(1)}
 */
public record Manual(
    CommandLine program,
    int section,
    List<Entry> files,
    List<Entry> environment,
    String others) {
  static final List<Entry> EXIT_CODES =
      List.of(
          new Entry("0", "Success."),
          new Entry("1", "Failure; the cause is printed to standard error."),
          new Entry("2", "Invalid command line or configuration file."),
          new Entry("3", "Refused by a safety check or by another running process."));

  /** Environment variables of both programs. */
  static final List<Entry> ENVIRONMENT =
      List.of(
          new Entry("NATS_URL", "URLs of NATS servers, unless --nats is given."),
          new Entry("NATS_CA", "File with CA certificates (PEM), unless --nats-ca is given."),
          new Entry("NATS_CREDS", "NATS credentials file, unless --creds is given."),
          new Entry("NO_COLOR", "Disables colors when set, as does TERM=dumb."),
          new Entry("BLKWARDEN_JAVA_OPTS", "Additional JVM options."));

  /** A term and its meaning. */
  public record Entry(String term, String meaning) {}

  /** The pages by file name, such as {@code blkwarden-map.1}. */
  SortedMap<String, String> pages(String version, LocalDate date) {
    SortedMap<String, String> pages = new TreeMap<>();
    add(program.getCommandSpec(), version, date, pages);
    return pages;
  }

  private void add(
      CommandSpec command, String version, LocalDate date, SortedMap<String, String> pages) {
    pages.put(name(command) + "." + section, new ManPage(this, command).text(version, date));
    for (CommandLine each : command.subcommands().values()) {
      add(each.getCommandSpec(), version, date, pages);
    }
  }

  /** The name of a command's page, without its section. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /**
   * Writes the pages.
   *
   * @param words folder, such as {@code /usr/share/man}; version; time of the source, such as
   *     2026-11-22T00:00:00Z
   */
  public void write(String... words) throws IOException {
    Path folder = Files.createDirectories(Path.of(words[0], "man" + section));
    LocalDate date = LocalDate.ofInstant(Instant.parse(words[2]), ZoneOffset.UTC);
    for (Map.Entry<String, String> page : pages(words[1], date).entrySet()) {
      Files.writeString(folder.resolve(page.getKey()), page.getValue());
    }
  }
}
