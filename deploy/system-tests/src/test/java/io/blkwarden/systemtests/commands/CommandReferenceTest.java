package io.blkwarden.systemtests.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.controller.cli.Blkwarden;
import io.blkwarden.simulation.cli.SimulateCommand;
import io.blkwarden.systemtests.monitoring.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** docs/CLI.md documents exactly the existing commands and options. */
final class CommandReferenceTest {
  private final Reference reference = new Reference();
  private final SortedMap<String, CommandSpec> commands = new TreeMap<>();

  CommandReferenceTest() {
    add(Blkwarden.described().getCommandSpec());
    add(AgentCommand.commandLine().getCommandSpec());
  }

  private void add(CommandSpec command) {
    commands.put(command.qualifiedName(), command);
    command.subcommands().values().forEach(each -> add(each.getCommandSpec()));
  }

  @Test
  void everyCommandIsDocumented() {
    assertThat(reference.commands()).isEqualTo(commands.keySet());
  }

  @Test
  void everyArgumentIsDocumented() {
    commands.forEach((name, command) ->
        assertThat(reference.arguments(name)).as(name).isEqualTo(arguments(command)));
  }

  @Test
  void everyOptionOfTheSimulationIsDocumented() throws IOException {
    Set<String> options = arguments(new CommandLine(new SimulateCommand()).getCommandSpec());
    options.removeAll(reference.natsOptions());
    String text = Files.readString(Checkout.file("docs/SIMULATION.md"));
    assertThat(options)
        .isNotEmpty()
        .allSatisfy(each -> assertThat(text).contains("`" + each + "`"));
  }

  /** Without the options of all commands. */
  private static Set<String> arguments(CommandSpec command) {
    Set<String> arguments = new TreeSet<>();
    for (OptionSpec each : command.options()) {
      if (!each.hidden() && !each.usageHelp() && !each.versionHelp()) {
        arguments.addAll(Set.of(each.names()));
      }
    }
    command.positionalParameters().forEach(each -> arguments.add(each.paramLabel()));
    return arguments;
  }
}
