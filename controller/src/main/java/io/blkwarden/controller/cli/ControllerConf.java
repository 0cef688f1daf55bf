package io.blkwarden.controller.cli;

import io.blkwarden.model.ConfFile;
import io.blkwarden.model.ConfFile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The service's options in a file, {@code /etc/blkwarden/controller.conf} of the package.
 *
 * <p>People's commands take from it where NATS is, and no more: the service's credentials are not
 * theirs. The command line goes before the environment, that before the file, and that before what
 * is built in.
 */
public final class ControllerConf {
  /** Names the file; without it there is none. */
  public static final String VARIABLE = "BLKWARDEN_CONF";

  private static final Set<String> NOT_IN_FILE = Set.of("--help", "--version", "--log-format");
  private static final String SERVICE = "controller";
  private static final Set<String> FOR_PEOPLE = Set.of("nats", "prefix");

  private static final Map<String, String> ENVIRONMENT =
      Map.of("nats", "NATS_URL", "creds", "NATS_CREDS");

  private ControllerConf() {}

  /** The file is of no use. */
  static final class Unfit extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Unfit(List<String> problems) {
      super(String.join("\n", problems));
    }
  }

  /** The keys that there are, with what they take: the options of the service. */
  public static Map<String, Kind> keys(CommandLine line) {
    Map<String, Kind> keys = new TreeMap<>();
    for (OptionSpec option :
        Objects.requireNonNull(line.getSubcommands().get(SERVICE)).getCommandSpec().options()) {
      if (!NOT_IN_FILE.contains(option.longestName())) {
        Kind kind = option.isMultiValue() ? Kind.REPEATED : Kind.VALUE;
        keys.put(option.longestName().substring(2), option.arity().max() == 0 ? Kind.FLAG : kind);
      }
    }
    return keys;
  }

  /** The words of a command line with what the file says for its command. */
  static String[] with(CommandLine line, String[] words, Map<String, String> environment)
      throws Unfit {
    String file = environment.getOrDefault(VARIABLE, "");
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
    Map<String, OptionSpec> options = command.getCommandSpec().optionsMap();
    if (file.isEmpty() || !options.containsKey("--nats")) {
      return words;
    }
    Map<String, Kind> keys = keys(line);
    ConfFile conf = ConfFile.parse(file, read(file), keys);
    if (!conf.problems().isEmpty()) {
      throw new Unfit(conf.problems());
    }
    boolean service = command.getCommandName().equals(SERVICE);
    keys.keySet()
        .removeIf(key ->
            !(service || FOR_PEOPLE.contains(key))
                || !options.containsKey("--" + key)
                || !environment.getOrDefault(ENVIRONMENT.getOrDefault(key, ""), "").isEmpty());
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(depth, conf.options(keys, List.of(words)));
    return all.toArray(String[]::new);
  }

  private static String read(String file) throws Unfit {
    try {
      if (Files.size(Path.of(file)) > ConfFile.MAX_BYTES) {
        throw new Unfit(
            List.of("%s: expected at most %d bytes".formatted(file, ConfFile.MAX_BYTES)));
      }
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new Unfit(List.of("%s, named by %s: cannot be read: %s".formatted(file, VARIABLE, e)));
    }
  }
}
