package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.commandline.ServiceConf;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The service's options in a file, {@code /etc/blkwarden/controller.conf} of the package.
 *
 * <p>People's commands take from it where NATS is, and no more: the service's credentials are not
 * theirs.
 */
public final class ControllerConf {
  /** Names the file; without it there is none. */
  public static final String VARIABLE = "BLKWARDEN_CONF";

  private static final String SERVICE = "controller";
  private static final Set<String> FOR_PEOPLE = Set.of("nats", "nats-ca", "prefix");

  private static final ServiceConf FILE = new ServiceConf(VARIABLE, SERVICE, Set.of());

  private ControllerConf() {}

  /** The keys that there are, with what they take: the options of the service. */
  public static Map<String, Kind> keys(CommandLine line) {
    return FILE.keys(line);
  }

  /** The words of a command line with what the file says for its command. */
  static String[] with(CommandLine line, String[] words, Map<String, String> environment)
      throws ServiceConf.Unfit {
    int depth = 0;
    CommandLine command = line;
    while (depth < words.length) {
      CommandLine next = command.getSubcommands().get(words[depth]);
      // An option may stand before the first command only; there it takes no value.
      if (next == null && !(command.getParent() == null && words[depth].startsWith("--"))) {
        break;
      }
      command = next == null ? command : next;
      depth++;
    }
    if (!command.getCommandSpec().optionsMap().containsKey("--nats")) {
      return words;
    }
    boolean service = command.getCommandName().equals(SERVICE);
    return FILE.with(
        command, depth, key -> service || FOR_PEOPLE.contains(key), words, environment);
  }
}
