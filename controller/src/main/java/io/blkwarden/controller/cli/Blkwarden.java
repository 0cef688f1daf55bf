package io.blkwarden.controller.cli;

import io.blkwarden.commandline.CommandError;
import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.ServiceConf;
import io.blkwarden.commandline.Tty;
import io.blkwarden.commandline.log.LogQueue;
import io.blkwarden.controller.nats.NatsException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** The command {@code blkwarden} and its subcommands. */
@Command(
    name = "blkwarden",
    mixinStandardHelpOptions = true,
    scope = CommandLine.ScopeType.INHERIT,
    versionProvider = Blkwarden.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Detects noisy-neighbour disks across a fleet of Xen hosts and throttles them.",
    subcommands = {
      ControllerCommand.class,
      FleetCommand.Status.class,
      FleetCommand.Hosts.class,
      FleetCommand.Throttles.class,
      MapCommand.class,
      TopCommand.class,
      FleetCommand.Alerts.class,
      WhyCommand.class,
      RecordCommand.class,
      ReplayCommand.class,
      RequestCommand.Throttle.class,
      RequestCommand.Release.class,
      RequestCommand.Proposals.class,
      RequestCommand.Approve.class,
      RequestCommand.Deny.class,
      SilenceCommand.class,
      RequestCommand.Ack.class,
      RequestCommand.Forget.class,
      RequestCommand.Pause.class,
      RequestCommand.Resume.class,
      PolicyCommand.class,
      NatsInit.Group.class
    })
public final class Blkwarden {
  @Option(names = "--debug", description = "Print the stack trace of an unexpected error.")
  boolean debug;

  private static final String[] FOOTER = {
    "",
    "PATTERN: * matches any characters, ? a single one. TIME: e.g. 500ms, 30s, 10m, 24h or 7d.",
    "Environment: NATS_URL, NATS_CA, NATS_CREDS, NO_COLOR; BLKWARDEN_CONF: configuration file.",
    "Exit codes: 0 done, 1 failed, 2 usage error, 3 refused by a safety check, 4 from status only:"
        + " something needs attention."
  };

  private static final Set<String> OPERATOR_KEYS = Set.of("nats", "nats-ca", "prefix");

  /**
   * The configuration file, {@code /etc/blkwarden/controller.conf} in the packages. Operator
   * commands take only its NATS address, CA and prefix, not the controller's credentials.
   */
  public static final ServiceConf CONF =
      new ServiceConf(
          "BLKWARDEN_CONF",
          "controller",
          Set.of(),
          (command, key) ->
              command.name().equals("controller")
                  || (OPERATOR_KEYS.contains(key) && command.optionsMap().containsKey("--nats")));

  private Blkwarden() {}

  /** Runs a command line; returns the exit code. */
  public static int run(
      String[] arguments, PrintWriter out, PrintWriter err, Map<String, String> environment) {
    boolean json = List.of(arguments).contains("--json");
    CommandContext context =
        new CommandContext(out, err, environment, json, Tty.ofProcess(environment).style());
    Blkwarden root = new Blkwarden();
    CommandLine line = commandLine(root, context);
    line.setOut(out);
    line.setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    line.setDefaultValueProvider(argument -> ServiceConf.fromEnvironment(argument, environment));
    line.setParameterExceptionHandler((e, _) -> context.error(CommandError.of(e), ExitCodes.USAGE));
    line.setExecutionExceptionHandler((e, command, _) -> failed(e, command, context, root.debug));
    if (arguments.length == 0) {
      line.usage(err);
      return ExitCodes.USAGE;
    }
    int code = ExitCodes.USAGE;
    try {
      code = line.execute(CONF.with(line, arguments, environment));
    } catch (ServiceConf.InvalidConfigException e) {
      String hint = "fix the reported line, or set another file in " + CONF.variable();
      e.problems()
          .forEach(problem -> context.error(new CommandError(problem, hint), ExitCodes.USAGE));
    }
    out.flush();
    err.flush();
    return code;
  }

  private static int failed(
      Exception e, CommandLine command, CommandContext context, boolean debug) {
    return switch (e) {
      case CliCommand.UsageException misuse ->
          context.error(
              new CommandError(String.valueOf(misuse.getMessage()), CommandError.help(command)),
              ExitCodes.USAGE);
      case NatsException bus -> context.error(bus.commandError(), ExitCodes.FAILED);
      default -> {
        LogQueue.drain();
        if (debug) {
          e.printStackTrace(context.err());
        }
        yield context.failed(
            "unexpected error: " + e,
            debug
                ? "report it with the stack trace above"
                : "run it again as 'blkwarden --debug ...' and report the output");
      }
    };
  }

  private static CommandLine commandLine(Blkwarden root, CommandContext context) {
    CommandLine completion = new CommandLine(new AutoComplete.GenerateCompletion());
    completion
        .getCommandSpec()
        .usageMessage()
        .description("Prints a completion script for bash and zsh: source <(blkwarden completion)");
    CommandLine line =
        new CommandLine(root, new Factory(context))
            .addSubcommand(completion.setCommandName("completion"))
            .registerConverter(Duration.class, new DurationText());
    line.getCommandSpec().usageMessage().footer(FOOTER); // not inherited by subcommands
    return line;
  }

  /** The command line for generating documentation; its commands must not be run. */
  public static CommandLine described() {
    return commandLine(new Blkwarden(), CommandContext.NONE);
  }

  /** Creates commands with their context. */
  private record Factory(CommandContext context) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      K made = CommandLine.defaultFactory().create(type);
      if (made instanceof CliCommand command) {
        command.context = context;
      }
      return made;
    }
  }

  /** Provides the version for {@code --version}. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Version.class.getPackage().getImplementationVersion();
      return new String[] {"blkwarden " + (version == null ? "(not packaged)" : version)};
    }
  }
}
