package io.blkwarden.controller.bus.access;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The accounts in a nats-server configuration that {@code nats init} created and operators may have
 * edited.
 *
 * <p>Earlier versions created one account for all users. The upgrade makes it the controllers'
 * account and includes the other accounts next to it; the rest of the text stays unchanged.
 */
public final class ConfigLayout {
  private static final String ACCOUNTS = "accounts";
  private static final Set<String> OURS = Set.of("users", "exports", "imports");

  private final String text;
  private final String accountsFile;
  private final List<ConfigReader.Entry> entries;
  private final ConfigReader.Entry core;
  private final boolean complete;

  /**
   * Parses a configuration.
   *
   * @param usersFile name of the included file with the users of the controllers' account
   * @param accountsFile name of the included file with the other accounts
   * @throws IllegalArgumentException if it cannot be upgraded; says why and what to do
   */
  public ConfigLayout(String text, String usersFile, String accountsFile) {
    this.text = text;
    this.accountsFile = accountsFile;
    this.entries = ConfigReader.read(text);
    List<ConfigReader.Entry> users = included(usersFile);
    if (users.size() != 1
        || users.getFirst().path().size() != 2
        || !users.getFirst().path().getFirst().equals(ACCOUNTS)) {
      throw new IllegalArgumentException(
          ("expected one account below 'accounts' with: include \"%s\"; found %s. Add it, or move"
                  + " the file away to create a new one")
              .formatted(usersFile, users.isEmpty() ? "none" : "another place: " + lines(users)));
    }
    this.core = account(users.getFirst().path().getLast()).orElseThrow();
    for (ConfigReader.Entry each : entries) {
      if (each.path().equals(List.of(ACCOUNTS, core.key())) && OURS.contains(each.key())) {
        throw new IllegalArgumentException(
            ("line %d: account %s has '%s' of its own, which would override those of %s: move them"
                    + " to another account")
                .formatted(line(each), core.key(), each.key(), usersFile));
      }
    }
    List<ConfigReader.Entry> accounts = included(accountsFile);
    if (accounts.size() > 1
        || accounts.stream().anyMatch(a -> !a.path().equals(List.of(ACCOUNTS)))) {
      throw new IllegalArgumentException(
          "%s: expected include \"%s\" once, directly in 'accounts'"
              .formatted(lines(accounts), accountsFile));
    }
    this.complete = !accounts.isEmpty();
  }

  /** The name of the controllers' account. */
  public String core() {
    return core.key();
  }

  /** Whether it includes the other accounts, so that no upgrade is necessary. */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Checks that the configuration has none of these accounts.
   *
   * @throws IllegalArgumentException if one is
   */
  public void requireAbsent(List<String> names) {
    for (String name : names) {
      account(name)
          .ifPresent(found -> {
            throw new IllegalArgumentException(
                "line %d: account %s is also one of %s: rename it"
                    .formatted(line(found), name, accountsFile));
          });
    }
  }

  /** The text with the other accounts included after the controllers' account. */
  public String upgraded() {
    if (complete) {
      return text;
    }
    int lineEnd = text.indexOf('\n', core.end());
    String rest = text.substring(core.end(), lineEnd < 0 ? text.length() : lineEnd).strip();
    int lineStart = text.lastIndexOf('\n', core.start()) + 1;
    String indent = text.substring(lineStart, core.start());
    String include =
        "\n" + (indent.isBlank() ? indent : "  ") + "include " + ServerConfig.quoted(accountsFile);
    return rest.isEmpty() || rest.startsWith("#") || rest.startsWith("//")
        ? insert(lineEnd < 0 ? text.length() : lineEnd, include)
        : insert(core.end(), include + "\n");
  }

  private String insert(int at, String more) {
    return text.substring(0, at) + more + text.substring(at);
  }

  private Optional<ConfigReader.Entry> account(String name) {
    return entries.stream()
        .filter(each -> each.path().equals(List.of(ACCOUNTS)) && each.key().equals(name))
        .findFirst();
  }

  private List<ConfigReader.Entry> included(String file) {
    return entries.stream()
        .filter(each -> each.key().equals("include"))
        .filter(each -> each.value().equals(file) || each.value().endsWith("/" + file))
        .toList();
  }

  private long line(ConfigReader.Entry entry) {
    return ConfigReader.line(text, entry.start());
  }

  private String lines(List<ConfigReader.Entry> found) {
    return "lines " + found.stream().map(this::line).toList();
  }
}
