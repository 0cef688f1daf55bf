package io.blkwarden.packages.man;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The pages of a program and of all its commands.
 *
 * @param program what it runs
 * @param section 1 for what people run, 8 for what is run on a host by its administrator
 * @param version of the program
 * @param date of its source
 * @param files that it reads, with what they are
 * @param environment variables that it reads, with what they say
 * @param others pages of other programs to see also, such as {@code blkwarden(1)}
 */
public record Manual(
    CommandLine program,
    int section,
    String version,
    LocalDate date,
    Map<String, String> files,
    Map<String, String> environment,
    String others) {
  /** What commands end with. */
  static final Map<String, String> EXIT_CODES = new LinkedHashMap<>();

  static {
    EXIT_CODES.put("0", "Done.");
    EXIT_CODES.put("1", "Failed: what and why is said on standard error.");
    EXIT_CODES.put("2", "The command line or the configuration file is wrong.");
    EXIT_CODES.put("3", "Refused by a safety check, or by another running process.");
  }

  /** Copies what it is given, in its order. */
  public Manual {
    files = new LinkedHashMap<>(files);
    environment = new LinkedHashMap<>(environment);
  }

  /** The pages by file name, such as {@code blkwarden-map.1}. */
  public SortedMap<String, String> pages() {
    SortedMap<String, String> pages = new TreeMap<>();
    add(program.getCommandSpec(), pages);
    return pages;
  }

  private void add(CommandSpec command, SortedMap<String, String> pages) {
    pages.put(name(command) + "." + section, new ManPage(this, command).text());
    command.subcommands().values().forEach(each -> add(each.getCommandSpec(), pages));
  }

  /** A command's page, without its section. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** Writes the pages below a folder such as {@code /usr/share/man}. */
  public void write(Path folder) throws IOException {
    Path pages = Files.createDirectories(folder.resolve("man" + section));
    for (Map.Entry<String, String> page : pages().entrySet()) {
      Files.writeString(pages.resolve(page.getKey()), page.getValue());
    }
  }
}
