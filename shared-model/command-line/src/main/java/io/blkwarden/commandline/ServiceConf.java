package io.blkwarden.commandline;

import io.blkwarden.commandline.ConfFile.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The configuration file of a service: its options, in a file named by an environment variable.
 * Other commands of the program take those options that they have.
 *
 * <p>Precedence: command line, environment, file, built-in default.
 *
 * @param variable environment variable with the path of the file; unset means no file
 * @param service the command whose options are the keys
 * @param notInFile options that are not keys, besides those for help and the log
 * @param takes whether a command takes a key, if it has the option
 */
public record ServiceConf(
    String variable,
    String service,
    Set<String> notInFile,
    BiPredicate<CommandSpec, String> takes) {
  /** Options of a single call. */
  private static final Set<String> NOT_IN_FILE = Set.of("--help", "--version", "--log-format");

  private static final Map<String, String> ENVIRONMENT =
      Map.of("nats", "NATS_URL", "nats-ca", "NATS_CA", "creds", "NATS_CREDS");

  public ServiceConf {
    notInFile = Set.copyOf(notInFile);
  }

  /** The file is invalid; the message has a line per problem. */
  public static final class InvalidConfigException extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1;

    InvalidConfigException(List<String> problems) {
      super(String.join("\n", problems));
    }

    /** All problems. */
    public List<String> problems() {
      return String.valueOf(getMessage()).lines().toList();
    }
  }

  /** The value of an option's environment variable; null if there is none. */
  public static @Nullable String fromEnvironment(
      ArgSpec argument, Map<String, String> environment) {
    return argument instanceof OptionSpec option
        ? environment.get(variable(option.longestName().substring(2)))
        : null;
  }

  /** The keys and the kinds of their values: the options of the service. */
  public Map<String, Kind> keys(CommandLine line) {
    Map<String, Kind> keys = new TreeMap<>();
    for (OptionSpec option :
        Objects.requireNonNull(line.getSubcommands().get(service)).getCommandSpec().options()) {
      String name = option.longestName();
      if (!NOT_IN_FILE.contains(name) && !notInFile.contains(name)) {
        Kind kind = option.isMultiValue() ? Kind.REPEATED : Kind.VALUE;
        keys.put(name.substring(2), option.arity().max() == 0 ? Kind.FLAG : kind);
      }
    }
    return keys;
  }

  /** A command line with the options that the file has for its command. */
  public String[] with(CommandLine line, String[] args, Map<String, String> environment)
      throws InvalidConfigException {
    String file = environment.getOrDefault(variable, "");
    int depth = 0;
    int options = 0; // before the first command, which take no value
    CommandLine command = line;
    while (depth < args.length) {
      CommandLine next = command.getSubcommands().get(args[depth]);
      if (next != null) {
        command = next;
      } else if (depth == options && args[depth].startsWith("--")) {
        options++;
      } else {
        break;
      }
      depth++;
    }
    Map<String, Kind> keys = keys(line);
    Map<String, Kind> wanted = new TreeMap<>(keys);
    CommandSpec spec = command.getCommandSpec();
    wanted
        .keySet()
        .removeIf(key -> !spec.optionsMap().containsKey("--" + key) || !takes.test(spec, key));
    if (file.isEmpty() || wanted.isEmpty()) {
      return args;
    }
    ConfFile conf = ConfFile.parse(file, read(file), keys);
    if (!conf.problems().isEmpty()) {
      throw new InvalidConfigException(conf.problems());
    }
    wanted.keySet().removeIf(key -> !environment.getOrDefault(variable(key), "").isEmpty());
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(depth, conf.options(wanted, List.of(args)));
    return all.toArray(String[]::new);
  }

  private static String variable(String key) {
    return ENVIRONMENT.getOrDefault(key, "");
  }

  private String read(String file) throws InvalidConfigException {
    try {
      if (Files.size(Path.of(file)) > ConfFile.MAX_BYTES) {
        throw new InvalidConfigException(
            List.of("%s: expected at most %d bytes".formatted(file, ConfFile.MAX_BYTES)));
      }
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new InvalidConfigException(
          List.of("%s (%s): cannot be read: %s".formatted(file, variable, e)));
    }
  }
}
