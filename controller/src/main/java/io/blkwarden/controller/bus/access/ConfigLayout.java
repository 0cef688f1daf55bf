package io.blkwarden.controller.bus.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The accounts in an existing nats-server configuration, which operators may have edited.
 *
 * <p>Only braces, account names and includes are read. Included files are not followed.
 *
 * @param config the file
 * @param core name of the controllers' account
 * @param accounts names of all accounts in the file itself
 */
public record ConfigLayout(Path config, String core, Set<String> accounts) {
  private static final Pattern COMMENT_OR_STRING =
      Pattern.compile("(?<![^\\s,;{}\\[\\]])(?:#|//).*|\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'");
  private static final Pattern TOKEN =
      Pattern.compile(
          "([^\\s:={}\\[\\],;]+)\\s*[:=]?\\s*\\{|[{}]|\\binclude\\s+([^\\s,;}]+)"
              + "|\\b(users|exports|imports)\\s*[:=\\[]");

  public ConfigLayout {
    accounts = Set.copyOf(accounts);
  }

  /**
   * Reads a configuration.
   *
   * @param usersFile name of the included file with the users of the controllers' account
   * @param accountsFile name of the included file with the other accounts
   * @throws IOException if the file does not include both in the right place; says what to do
   */
  public static ConfigLayout read(Path config, String usersFile, String accountsFile)
      throws IOException {
    Matcher token = TOKEN.matcher(plain(Files.readString(config)));
    Deque<String> path = new ArrayDeque<>();
    Set<String> names = new HashSet<>();
    List<String> users = new ArrayList<>();
    List<String> accounts = new ArrayList<>();
    Set<String> own = new HashSet<>();
    while (token.find()) {
      String at = String.join(" ", path);
      boolean account = path.size() == 2 && "accounts".equals(path.peekFirst());
      if (token.group().equals("}")) {
        if (path.pollLast() == null) {
          throw new IOException(config + ": expected no } without {");
        }
      } else if (token.group().endsWith("{")) {
        String name = token.group(1) == null ? "-" : token.group(1);
        if (at.equals("accounts")) {
          names.add(name);
        }
        path.addLast(name);
      } else if (token.group(2) == null) {
        own.addAll(account ? Set.of(at + " " + token.group(3)) : Set.of());
      } else if (Path.of(token.group(2)).endsWith(usersFile)) {
        users.add(account ? String.valueOf(path.peekLast()) : "");
      } else if (Path.of(token.group(2)).endsWith(accountsFile)) {
        accounts.add(at);
      }
    }
    if (!path.isEmpty()) {
      throw new IOException(config + ": expected }");
    }
    if (users.size() != 1 || users.getFirst().isEmpty()) {
      throw new IOException(
          ("%s: expected one account below 'accounts' with: include \"%s\"; found %s. Add it, or"
                  + " move the file away to create a new one")
              .formatted(config, usersFile, users.isEmpty() ? "none" : "it elsewhere"));
    }
    if (!accounts.equals(List.of("accounts"))) {
      throw new IOException(
          "%s: expected include \"%s\" once, directly in 'accounts'"
              .formatted(config, accountsFile));
    }
    String core = users.getFirst();
    for (String key : List.of("users", "exports", "imports")) {
      if (own.contains("accounts %s %s".formatted(core, key))) {
        throw new IOException(
            ("%s: account %s has '%s' of its own, which would override those of %s: move them to"
                    + " another account")
                .formatted(config, core, key, usersFile));
      }
    }
    return new ConfigLayout(config, core, names);
  }

  /** The text without comments and quotes, and without braces and blanks in strings. */
  private static String plain(String text) {
    return COMMENT_OR_STRING
        .matcher(text)
        .replaceAll(found -> {
          String string = found.group(1) == null ? found.group(2) : found.group(1);
          return string == null ? "" : Matcher.quoteReplacement(string.replaceAll("[\\s{}]", "_"));
        });
  }

  /**
   * Checks that the file has none of these accounts.
   *
   * @throws IOException if it has one
   */
  public void requireAbsent(List<String> names) throws IOException {
    for (String name : names) {
      if (accounts.contains(name)) {
        throw new IOException(
            "%s: account %s is also in accounts.conf: rename it".formatted(config, name));
      }
    }
  }
}
