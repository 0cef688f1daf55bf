package io.blkwarden.agent.cli;

import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.commandline.ServiceConf;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The configuration file, {@code /etc/blkwarden/agent.conf} in the packages: options of {@code
 * run}. Other commands take those that they have, such as {@code --state-dir} of {@code
 * release-all}.
 */
public final class AgentConf {
  /** The environment variable with the path of the file; unset means no file. */
  public static final String VARIABLE = "BLKWARDEN_AGENT_CONF";

  /** Its {@code --interval} is the refresh interval, not the service's sampling interval. */
  private static final String TOP = "top";

  private static final String INTERVAL = "interval";

  private static final ServiceConf FILE = new ServiceConf(VARIABLE, "run", Set.of("--root"));

  private AgentConf() {}

  /** The keys and the kinds of their values: the options of {@code run}. */
  public static Map<String, Kind> keys(CommandLine line) {
    return FILE.keys(line);
  }

  /** A command line with the options that the file has for its command. */
  static String[] with(CommandLine line, String[] args, Map<String, String> environment)
      throws ServiceConf.Unfit {
    CommandLine command = args.length == 0 ? null : line.getSubcommands().get(args[0]);
    if (command == null) {
      return args;
    }
    boolean top = args[0].equals(TOP);
    return FILE.with(command, 1, key -> !(top && key.equals(INTERVAL)), args, environment);
  }
}
