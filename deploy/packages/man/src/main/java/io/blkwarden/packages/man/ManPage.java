package io.blkwarden.packages.man;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page of a command: its {@code --help} and the sections of all commands. */
final class ManPage {
  private static final ColorScheme PLAIN = Help.defaultColorScheme(Ansi.OFF);

  private final Manual manual;
  private final CommandSpec command;
  private final Help help;
  private final Roff roff = new Roff();

  ManPage(Manual manual, CommandSpec command) {
    this.manual = manual;
    this.command = command;
    this.help = new Help(command, PLAIN);
  }

  String text(String version, LocalDate date) {
    String name = Manual.name(command);
    roff.title(name.toUpperCase(Locale.ROOT), manual.section(), date, version);
    List<String> description = description();
    roff.macro("SH", "NAME");
    roff.text(name + " - " + brief(description));
    roff.macro("SH", "SYNOPSIS");
    synopsis();
    roff.macro("SH", "DESCRIPTION");
    for (int i = 0; i < description.size(); i++) {
      if (i > 0) {
        roff.macro("PP");
      }
      roff.text(description.get(i));
    }
    if (!command.positionalParameters().isEmpty()) {
      arguments("ARGUMENTS", command.positionalParameters());
    }
    arguments("OPTIONS", command.options());
    commands();
    table("EXIT STATUS", Manual.EXIT_CODES);
    table("FILES", manual.files());
    table(
        "ENVIRONMENT",
        Stream.of(Manual.ENVIRONMENT, manual.environment()).flatMap(List::stream).toList());
    roff.macro("SH", "SEE ALSO");
    roff.text(seeAlso());
    return roff.toString();
  }

  private List<String> description() {
    return Arrays.stream(command.usageMessage().description())
        .flatMap(text -> plain(text).lines())
        .filter(line -> !line.isBlank())
        .toList();
  }

  /** The first sentence, without its full stop. */
  private static String brief(List<String> description) {
    String first = description.isEmpty() ? "" : description.getFirst();
    int stop = first.indexOf(". ");
    String sentence = stop < 0 ? first : first.substring(0, stop);
    int colon = sentence.indexOf(": ");
    String brief = colon > 20 ? sentence.substring(0, colon) : sentence;
    return brief.endsWith(".") ? brief.substring(0, brief.length() - 1) : brief;
  }

  private void synopsis() {
    String all = help.synopsis(0).strip().replaceAll("\\s+", " ");
    String name = command.qualifiedName(" ");
    roff.macro("B", name);
    roff.text(all.startsWith(name) ? all.substring(name.length()) : all);
  }

  private void arguments(String title, List<? extends ArgSpec> arguments) {
    roff.macro("SH", title);
    for (ArgSpec each : arguments) {
      if (!each.hidden()) {
        String names =
            each instanceof OptionSpec option
                ? Stream.of(option.names()).sorted().collect(Collectors.joining(", "))
                : "";
        boolean flag = each.isOption() && each.arity().max() == 0;
        String label =
            help.parameterLabelRenderer().renderParameterLabel(each, Ansi.OFF, List.of()).toString();
        roff.entry(names + (flag ? "" : label), plain(String.join(" ", each.description())));
      }
    }
  }

  private static String plain(String text) {
    return PLAIN.text(text).toString();
  }

  private void commands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    roff.macro("SH", "COMMANDS");
    command
        .subcommands()
        .forEach((name, each) -> {
          ManPage page = new ManPage(manual, each.getCommandSpec());
          roff.entry(name, brief(page.description()) + "; see " + reference(each.getCommandSpec()));
        });
  }

  private void table(String title, List<Manual.Entry> rows) {
    roff.macro("SH", title);
    rows.forEach(each -> roff.entry(each.term(), each.meaning()));
  }

  private String reference(CommandSpec other) {
    return "%s(%d)".formatted(Manual.name(other), manual.section());
  }

  private String seeAlso() {
    CommandSpec parent = command.parent() == null ? command : command.parent();
    Stream<String> pages =
        Stream.concat(
                Stream.of(parent),
                parent.subcommands().values().stream().map(CommandLine::getCommandSpec))
            .map(this::reference)
            .filter(each -> !each.equals(reference(command)));
    return Stream.concat(pages, Stream.of(manual.others())).collect(Collectors.joining(", "));
  }
}
