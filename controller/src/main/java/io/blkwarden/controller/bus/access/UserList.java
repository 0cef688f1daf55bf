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
 * @param subjects of the installation
 * @param users who may connect
 */
public record UserList(Subjects subjects, List<User> users) {
  private static final Pattern PREFIX = Pattern.compile("(?m)^# prefix: (\\S+)$");

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
  public record User(Role role, String publicKey, Permissions permissions) {}

  /** The text of the file. */
  public String text() {
    return """
    # Written by 'blkwarden nats init', each time anew. After a change: nats-server --signal reload
    # prefix: %s
    users: [
    %s]
    """
        .formatted(
            subjects.prefix(), users.stream().map(UserList::text).collect(Collectors.joining()));
  }

  /** The prefix that a file was written for. */
  public static Optional<String> prefix(String text) {
    Matcher matcher = PREFIX.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String text(User user) {
    Permissions may = user.permissions();
    return """
      # %s
      { nkey: %s
        permissions: {
          publish: { allow: %s }
          subscribe: { allow: %s }%s
        } }
    """
        .formatted(
            user.role().text(),
            user.publicKey(),
            ServerConfig.list(may.publish()),
            ServerConfig.list(may.subscribe()),
            may.answers() ? "\n      allow_responses: { max: 1, expires: \"1m\" }" : "");
  }
}
