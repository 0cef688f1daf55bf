package io.blkwarden.agent.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.ServiceConf;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code blkwarden-agent}: the commands that people run on a dom0. */
@Command(
    name = "blkwarden-agent",
    mixinStandardHelpOptions = true,
    versionProvider = AgentCommand.Version.class,
    description = "Maps guest disks to the threads that serve them, and throttles by lease.",
    subcommands = {
      RunCommand.class,
      MapCommand.class,
      TopCommand.class,
      DoctorCommand.class,
      ReleaseAllCommand.class,
      HandOverCommand.class,
      SimulateCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AgentCommand implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new AgentCommand());
    line.addSubcommand("completion", new AutoComplete.GenerateCompletion());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((failure, at, _) -> {
      String message = failure.getMessage();
      at.getErr().println("error: " + (message == null ? failure.toString() : message));
      return ExitCodes.FAILED;
    });
    return line;
  }

  /**
   * Runs one command line with what the host's configuration file says.
   *
   * @return the exit code
   */
  public static int execute(String[] words, Map<String, String> environment) {
    CommandLine line = commandLine();
    // LC_ALL=C, which the launcher sets for the kernel's words, is no reason to lose a guest's name
    line.setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
    try {
      return line.execute(AgentConf.with(line, words, environment));
    } catch (ServiceConf.Unfit e) {
      e.problems().forEach(problem -> line.getErr().println("error: " + problem));
      return ExitCodes.USAGE;
    }
  }

  @Override
  public void run() {
    PrintWriter err = spec.commandLine().getErr();
    spec.commandLine().usage(err);
    throw new CommandLine.ParameterException(spec.commandLine(), "expected a command");
  }

  /** The version, from the jar's manifest. */
  static String version() {
    return Optional.ofNullable(AgentCommand.class.getPackage().getImplementationVersion())
        .orElse("development");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"blkwarden-agent " + version()};
    }
  }
}
