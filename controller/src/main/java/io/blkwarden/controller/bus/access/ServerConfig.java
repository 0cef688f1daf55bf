package io.blkwarden.controller.bus.access;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The configuration of a nats-server on which each user can do only what its role needs.
 *
 * <p>It holds public keys only. Format: nats-server's own, since 2.9.
 *
 * @param listen address and port
 * @param store folder of JetStream
 * @param tls certificate and key; empty without TLS
 * @param users who may connect
 */
public record ServerConfig(String listen, String store, Optional<Tls> tls, List<User> users) {
  public ServerConfig {
    users = List.copyOf(users);
  }

  /**
   * How the server shows who it is.
   *
   * @param certificate PEM file with its chain
   * @param key PEM file
   */
  public record Tls(String certificate, String key) {}

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
    # nats-server configuration, written by 'blkwarden nats init'. To add a host run it again,
    # then: nats-server --signal reload
    listen: %s
    max_payload: 1MB
    jetstream {
      store_dir: %s
    }
    %saccounts {
      BLKWARDEN {
        jetstream: enabled
        users: [
    %s    ]
      }
      SYS {}
    }
    system_account: SYS
    """
        .formatted(
            quoted(listen),
            quoted(store),
            tls.map(ServerConfig::text).orElse(""),
            users.stream().map(ServerConfig::text).collect(Collectors.joining()));
  }

  private static String text(Tls tls) {
    return """
    tls {
      cert_file: %s
      key_file: %s
    }
    """
        .formatted(quoted(tls.certificate()), quoted(tls.key()));
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
            list(may.publish()),
            list(may.subscribe()),
            may.answers() ? "\n            allow_responses: { max: 1, expires: \"1m\" }" : "");
  }

  private static String list(List<String> subjects) {
    return subjects.stream().map(ServerConfig::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A string of the configuration; nothing in it can end it. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
