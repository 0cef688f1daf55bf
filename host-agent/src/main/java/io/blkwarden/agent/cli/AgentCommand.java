package io.blkwarden.agent.cli;

import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.ServiceConf;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
      HandOverCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AgentCommand implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new AgentCommand());
    line.addSubcommand(
        new CommandLine(new AutoComplete.GenerateCompletion()).setCommandName("completion"));
    return ready(line);
  }

  /** The service's command alone: to describe the others takes a quarter of a second. */
  @Command(
      name = "blkwarden-agent",
      mixinStandardHelpOptions = true,
      versionProvider = AgentCommand.Version.class,
      subcommands = RunCommand.class)
  private static final class ServiceAlone {}

  private static CommandLine ready(CommandLine line) {
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(AgentCommand::unreadable);
    line.setExecutionExceptionHandler((failure, at, parsed) -> {
      AgentLog.end(); // what it said before is what a report needs
      return CommandOutput.of(at, parsed.originalArgs().contains("--json"))
          .failed("unexpected: " + failure, "report it with the command that you typed");
    });
    return line;
  }

  private static int unreadable(CommandLine.ParameterException e, String[] words) {
    Complaint complaint = Complaint.of(e);
    return CommandOutput.of(e.getCommandLine(), List.of(words).contains("--json"))
        .complain(ExitCodes.USAGE, complaint.error(), complaint.hint());
  }

  /**
   * Runs one command line with what the host's configuration file says.
   *
   * @return the exit code
   */
  public static int execute(String[] words, Map<String, String> environment) {
    boolean service = words.length > 0 && words[0].equals("run");
    if (service) {
      WarmUp.begin();
    }
    CommandLine line = service ? ready(new CommandLine(new ServiceAlone())) : commandLine();
    // LC_ALL=C, which the launcher sets for the kernel's words, is no reason to lose a guest's name
    line.setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
    try {
      return line.execute(AgentConf.with(line, words, environment));
    } catch (ServiceConf.Unfit e) {
      CommandOutput voice = CommandOutput.of(line, List.of(words).contains("--json"));
      String hint = "mend it, or name another file in " + AgentConf.VARIABLE;
      e.problems().forEach(problem -> voice.complain(ExitCodes.USAGE, problem, hint));
      return ExitCodes.USAGE;
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new CommandLine.ParameterException(spec.commandLine(), "expected a command");
  }

  /** The version, from the jar's manifest. */
  public static String version() {
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
