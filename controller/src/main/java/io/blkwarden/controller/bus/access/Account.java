package io.blkwarden.controller.bus.access;

import io.blkwarden.controller.bus.access.UserList.User;
import java.util.ArrayList;
import java.util.List;

/**
 * The NATS account of one user that is not a controller, as text for nats-server.
 *
 * <p>It has no JetStream, and nobody else is in it. What its user may publish it imports as
 * services: the server then replaces the reply subject by one of its own, and delivers the reply
 * inside this account only. What its user may subscribe to it imports as streams.
 *
 * @param core account of the controllers
 * @param user its only user
 */
record Account(String core, User user) {
  /** Limits of an account; a connection limit counts for all its connections together. */
  private record Limits(int connections, int subscriptions, String payload) {}

  /** Its name: of no other user, and found in the server's log and its list of connections. */
  String name() {
    String file = user.role().file();
    return core + "-" + file.substring(0, file.lastIndexOf('.'));
  }

  String text() {
    Permissions may = user.permissions();
    List<String> imports = new ArrayList<>();
    may.publish().forEach(subject -> imports.add(imported("service", subject)));
    may.answers().forEach(subject -> imports.add(imported("service", subject)));
    may.subscribe().forEach(subject -> imports.add(imported("stream", subject)));
    Limits limits = limits(user.role());
    return """
    # %s
    %s {
      users: [
    %s  ]
      imports: [
        %s
      ]
      limits { max_connections: %d, max_subscriptions: %d, max_payload: %s }
    }
    """
        .formatted(
            user.role().text(),
            ServerConfig.quoted(name()),
            user.text(),
            String.join("\n    ", imports),
            limits.connections(),
            limits.subscriptions(),
            limits.payload());
  }

  private String imported(String kind, String subject) {
    return "{ %s: { account: %s, subject: %s } }"
        .formatted(kind, ServerConfig.quoted(core), ServerConfig.quoted(subject));
  }

  private static Limits limits(Role role) {
    return switch (role) {
      case Role.Host _ -> new Limits(8, 32, "1MB");
      case Role.Person _ -> new Limits(64, 256, "64KB");
      case Role.Controllers _ -> throw new IllegalArgumentException("controllers share an account");
    };
  }
}
