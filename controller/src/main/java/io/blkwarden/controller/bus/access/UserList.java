package io.blkwarden.controller.bus.access;

import io.blkwarden.model.subject.Subjects;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everybody who may connect, each with no more than its role needs; public keys only.
 *
 * <p>It is two files: the users and exports of the controllers' account, and the other accounts.
 *
 * @param core name of the controllers' account
 * @param subjects of the installation
 * @param grants who may do what
 * @param users who may connect
 */
public record UserList(String core, Subjects subjects, Grants grants, List<User> users) {
  private static final Pattern PREFIX = Pattern.compile("(?m)^# prefix: (\\S+)$");
  private static final String HEAD =
      "# Written by 'blkwarden nats init', each time anew. After a change, twice:"
          + " nats-server --signal reload\n";

  public UserList {
    users = List.copyOf(users);
  }

  /**
   * A user.
   *
   * @param role what it is
   * @param publicKey how it is known
   * @param permissions what it may do
   */
  public record User(Role role, String publicKey, Permissions permissions) {
    String text() {
      return """
          # %s
          { nkey: %s
            permissions: {
              publish: { allow: %s }
              subscribe: { allow: %s }%s
            } }
      """
          .formatted(
              role.text(),
              publicKey,
              ServerConfig.list(permissions.publish()),
              ServerConfig.list(
                  Grants.joined(permissions.subscribe(), List.of(permissions.inbox()))),
              permissions.answers().isEmpty()
                  ? ""
                  : "\n        allow_responses: { max: 1, expires: \"1m\" }");
    }
  }

  /** The users and exports of the controllers' account. */
  public String coreText() {
    return HEAD
        + """
        # prefix: %s
        # The controllers' account, the only one with JetStream: its users and its exports.
        users: [
        %s]
        exports: [
        %s
        ]
        """
            .formatted(
                subjects.prefix(),
                users.stream().filter(Grants::inCore).map(User::text).collect(Collectors.joining()),
                grants.exports().stream()
                    .map(export -> "  " + export.text())
                    .collect(Collectors.joining("\n")));
  }

  /** The accounts of all others. */
  public String accountsText() {
    return HEAD
        + "# Everybody but the controllers has an account of its own, without JetStream.\n"
        + accounts().stream().map(Account::text).collect(Collectors.joining());
  }

  List<Account> accounts() {
    return users.stream()
        .filter(user -> !Grants.inCore(user))
        .map(user -> new Account(this, user))
        .toList();
  }

  /** The names of the accounts in {@link #accountsText}. */
  public List<String> accountNames() {
    return accounts().stream().map(Account::name).toList();
  }

  /** The prefix that a file was written for. */
  public static Optional<String> prefix(String text) {
    Matcher matcher = PREFIX.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
