package io.blkwarden.agent.cli;

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
 * The service's options in a file, {@code /etc/blkwarden/agent.conf} of the package, that all
 * commands of a host share: {@code release-all} looks where the service keeps its leases.
 *
 * <p>The command line goes before the environment, that before the file, and that before what is
 * built in.
 */
public final class AgentConf {
  /** Names the file; without it there is none. */
  public static final String VARIABLE = "BLKWARDEN_AGENT_CONF";

  /** Those of {@code run} that belong to one call. */
  private static final Set<String> NOT_IN_FILE =
      Set.of("--help", "--version", "--root", "--log-format");

  /** The file says what holds for this host; simulated ones are others. */
  private static final String SIMULATE = "simulate";

  private static final Map<String, String> ENVIRONMENT =
      Map.of("nats", "NATS_URL", "creds", "NATS_CREDS");

  private AgentConf() {}

  /** The file is of no use. */
  static final class Unfit extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    Unfit(List<String> problems) {
      super(String.join("\n", problems));
    }
  }

  /** The keys that there are, with what they take: the options of {@code run}. */
  public static Map<String, Kind> keys(CommandLine line) {
    Map<String, Kind> keys = new TreeMap<>();
    for (OptionSpec option :
        Objects.requireNonNull(line.getSubcommands().get("run")).getCommandSpec().options()) {
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
    CommandLine command = words.length == 0 ? null : line.getSubcommands().get(words[0]);
    if (file.isEmpty() || command == null || words[0].equals(SIMULATE)) {
      return words;
    }
    Map<String, Kind> keys = keys(line);
    ConfFile conf = ConfFile.parse(file, read(file), keys);
    if (!conf.problems().isEmpty()) {
      throw new Unfit(conf.problems());
    }
    keys.keySet()
        .removeIf(key ->
            !command.getCommandSpec().optionsMap().containsKey("--" + key)
                || !environment.getOrDefault(ENVIRONMENT.getOrDefault(key, ""), "").isEmpty());
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(1, conf.options(keys, List.of(words)));
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
