package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.commandline.ServiceConf;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;

/**
 * The configuration file of the controller, {@code /etc/blkwarden/controller.conf} in the packages.
 *
 * <p>Operator commands use only its NATS address, CA and prefix, not the controller's credentials.
 */
public final class ControllerConf {
  /** Environment variable with the path of the file; optional. */
  public static final String VARIABLE = "BLKWARDEN_CONF";

  private static final String SERVICE = "controller";
  private static final Set<String> OPERATOR_KEYS = Set.of("nats", "nats-ca", "prefix");

  private static final ServiceConf FILE = new ServiceConf(VARIABLE, SERVICE, Set.of());

  private ControllerConf() {}

  /** The keys of the file: the options of the controller, with their kinds. */
  public static Map<String, Kind> keys(CommandLine line) {
    return FILE.keys(line);
  }

  /** Adds the options of the file to a command line. */
  static String[] with(CommandLine line, String[] words, Map<String, String> environment)
      throws ServiceConf.Unfit {
    int depth = 0;
    CommandLine command = line;
    while (depth < words.length) {
      CommandLine next = command.getSubcommands().get(words[depth]);
      // Options before the first command take no value.
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
        command, depth, key -> service || OPERATOR_KEYS.contains(key), words, environment);
  }
}
