package io.blkwarden.agent.cli;

import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.commandline.ServiceConf;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The service's options in a file, {@code /etc/blkwarden/agent.conf} of the package, that all
 * commands of a host share: {@code release-all} looks where the service keeps its leases.
 */
public final class AgentConf {
  /** Names the file; without it there is none. */
  public static final String VARIABLE = "BLKWARDEN_AGENT_CONF";

  /** Its interval is between two looks of a person, and not between the service's samples. */
  private static final String TOP = "top";

  private static final String INTERVAL = "interval";

  private static final ServiceConf FILE = new ServiceConf(VARIABLE, "run", Set.of("--root"));

  private AgentConf() {}

  /** The keys that there are, with what they take: the options of {@code run}. */
  public static Map<String, Kind> keys(CommandLine line) {
    return FILE.keys(line);
  }

  /** The words of a command line with what the file says for its command. */
  static String[] with(CommandLine line, String[] words, Map<String, String> environment)
      throws ServiceConf.Unfit {
    CommandLine command = words.length == 0 ? null : line.getSubcommands().get(words[0]);
    if (command == null) {
      return words;
    }
    boolean live = words[0].equals(TOP);
    return FILE.with(command, 1, key -> !(live && key.equals(INTERVAL)), words, environment);
  }
}
