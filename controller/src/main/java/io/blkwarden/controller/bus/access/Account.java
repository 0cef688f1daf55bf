package io.blkwarden.controller.bus.access;

import io.blkwarden.controller.bus.access.UserList.User;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The NATS account of one user that is not a controller, for nats-server's configuration.
 *
 * <p>It has no JetStream and no other users. Subjects that the user may publish to are imported as
 * services: the server replaces the reply subject and delivers the reply in this account only.
 * Subjects that the user may subscribe to are imported as streams, each from the account that
 * publishes it, because a server does not export a service's messages as a stream.
 *
 * @param list all users
 * @param user the account's only user
 */
record Account(UserList list, User user) {
  /** The account's unique name, as shown in the server's log and list of connections. */
  String name() {
    String file = user.role().file();
    return list.core() + "-" + file.substring(0, file.lastIndexOf('.'));
  }

  String text() {
    Grants.Permissions may = user.permissions();
    List<String> imports = new ArrayList<>();
    may.publish().forEach(subject -> imports.add(imported("service", list.core(), subject)));
    may.answers().forEach(subject -> imports.add(imported("service", list.core(), subject)));
    may.subscribe().forEach(subject -> streams(subject, imports));
    return """
    # %s
    %s {
      users: [
    %s  ]
      exports: [
        %s
      ]
      imports: [
        %s
      ]
      limits { %s }
    }
    """
        .formatted(
            user.role().text(),
            ServerConfig.quoted(name()),
            user.text(),
            exported().stream()
                .map(subject -> "{ stream: %s }".formatted(ServerConfig.quoted(subject)))
                .collect(Collectors.joining("\n    ")),
            String.join("\n    ", imports),
            limits(user.role()));
  }

  /** The subjects that its user publishes and others may subscribe to. */
  private List<String> exported() {
    return user.permissions().publish().stream()
        .filter(subject -> subject.startsWith(list.subjects().prefix() + "."))
        .toList();
  }

  private void streams(String subscribed, List<String> imports) {
    for (Grants.Export export : list.grants().exports()) {
      if (export.kind() == Grants.Export.Kind.STREAM
          && (Grants.covers(subscribed, export.subject())
              || Grants.covers(export.subject(), subscribed))) {
        imports.add(imported("stream", list.core(), subscribed));
      }
    }
    if (user.role() instanceof Role.Host) {
      return; // hosts subscribe to controllers only
    }
    for (Account other : list.accounts()) {
      if (!other.user().equals(user)) {
        for (String published : other.exported()) {
          if (Grants.covers(subscribed, published)) {
            imports.add(imported("stream", other.name(), published));
          }
        }
      }
    }
  }

  private static String imported(String kind, String account, String subject) {
    return "{ %s: { account: %s, subject: %s } }"
        .formatted(kind, ServerConfig.quoted(account), ServerConfig.quoted(subject));
  }

  private static String limits(Role role) {
    return switch (role) {
      case Role.Host _ -> "max_connections: 8, max_subscriptions: 32, max_payload: 1MB";
      case Role.Person _ -> "max_connections: 64, max_subscriptions: 256, max_payload: 64KB";
      case Role.Controllers _ -> throw new IllegalArgumentException("controllers share an account");
    };
  }
}
