package io.blkwarden.agent.cli;

import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.ServiceConf;
import io.blkwarden.model.json.ControlJson;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line {@code blkwarden-agent}. */
@Command(
    name = "blkwarden-agent",
    mixinStandardHelpOptions = true,
    versionProvider = AgentCommand.Version.class,
    description = "Maps guest disks to the dom0 threads that serve them, and throttles disks.",
    subcommands = {
      RunCommand.class,
      MapCommand.class,
      TopCommand.class,
      DoctorCommand.class,
      TraceCommand.class,
      ThrottleCommand.class,
      ReleaseCommand.class,
      ReleaseAllCommand.class,
      HandOverCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class AgentCommand implements Runnable {
  /**
   * The configuration file, {@code /etc/blkwarden/agent.conf} in the packages. The {@code
   * --interval} of {@code top} is another one: how often it refreshes.
   */
  public static final ServiceConf CONF =
      new ServiceConf(
          "BLKWARDEN_AGENT_CONF",
          "run",
          Set.of("--root"),
          (command, key) -> !command.name().equals("top") || !key.equals("interval"));

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** The complete command line. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new AgentCommand());
    line.addSubcommand(
        new CommandLine(new AutoComplete.GenerateCompletion()).setCommandName("completion"));
    return ready(line);
  }

  /** Only the service's command: building the others takes a quarter of a second. */
  @Command(
      name = "blkwarden-agent",
      mixinStandardHelpOptions = true,
      versionProvider = AgentCommand.Version.class,
      subcommands = RunCommand.class)
  private static final class ServiceOnly {}

  private static CommandLine ready(CommandLine line) {
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setParameterExceptionHandler(AgentCommand::usageError);
    line.setExecutionExceptionHandler((failure, at, parsed) -> {
      if (failure instanceof CommandOutput.Exit exit) {
        return exit.code();
      }
      AgentLog.end(); // a report needs what was logged before
      return new CommandOutput(at, parsed.originalArgs().contains("--json"))
          .failed("internal error: " + failure, "report it with the command line");
    });
    return line;
  }

  private static int usageError(CommandLine.ParameterException e, String[] args) {
    CommandError error = CommandError.of(e);
    return new CommandOutput(e.getCommandLine(), List.of(args).contains("--json"))
        .error(ExitCodes.USAGE, error.error(), error.hint());
  }

  /**
   * Runs a command line, with options of the configuration file added.
   *
   * @return the exit code
   */
  public static int execute(String[] args, Map<String, String> environment) {
    boolean service = args.length > 0 && args[0].equals("run");
    if (service) {
      Thread.ofPlatform().daemon().name("warm-up").start(AgentCommand::warmUp);
    }
    CommandLine line = service ? ready(new CommandLine(new ServiceOnly())) : commandLine();
    // the launcher sets LC_ALL=C for kernel messages; names of guests may be UTF-8
    line.setOut(new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true));
    try {
      return line.execute(CONF.with(line, args, environment));
    } catch (ServiceConf.InvalidConfigException e) {
      CommandOutput output = new CommandOutput(line, List.of(args).contains("--json"));
      String hint = "fix the reported line, or set another file in " + CONF.variable();
      e.problems().forEach(problem -> output.error(ExitCodes.USAGE, problem, hint));
      return ExitCodes.USAGE;
    }
  }

  /**
   * Initialises native calls, random numbers and JSON while the command line is parsed. It only
   * saves startup time: nothing waits for it or depends on it.
   */
  private static void warmUp() {
    // errors are reported where these are used
    Object _ = LinuxIoPriorities.open();
    Object _ = new SecureRandom();
    Object _ = ControlJson.decode(io.blkwarden.model.message.Command.class, new byte[] {'{', '}'});
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
