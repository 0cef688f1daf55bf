package io.blkwarden.controller.bus.access;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The configuration of a nats-server (2.9 or later), which includes the {@link UserList}.
 *
 * <p>The controllers' account never changes its name, because JetStream stores streams by account
 * name.
 *
 * @param listen address and port
 * @param store folder of JetStream
 * @param tls empty without TLS
 * @param member empty for a single server
 */
public record ServerConfig(
    String listen, String store, Optional<Tls> tls, Optional<Member> member) {
  /** Name of the controllers' account, unless the operator gave it another. */
  public static final String CORE = "BLKWARDEN";

  /**
   * TLS files, in PEM.
   *
   * @param certificate with its chain
   * @param key private key
   * @param authorities CA certificates for the other servers of a cluster
   */
  public record Tls(String certificate, String key, String authorities) {}

  /**
   * A server of a cluster.
   *
   * @param number of the server, from 1
   * @param routes name of the file with the routes
   */
  public record Member(ClusterPlan cluster, int number, String routes) {}

  /**
   * The text of the file.
   *
   * @param users name of the file with the users and exports of the controllers' account
   * @param accounts name of the file with all other accounts
   */
  public String text(String users, String accounts) {
    return """
    # nats-server configuration, created by 'blkwarden nats init'. Edit it as you like.
    # The users are in the included files, which each run of 'nats init' overwrites.
    listen: %s
    %smax_payload: 1MB
    authorization {
      timeout: 10 # 2 s is too short for a whole fleet of slow dom0s that reconnects at once
    }
    jetstream {
      store_dir: %s
    }
    %saccounts {
      %s {
        jetstream: enabled
        include %s
      }
      include %s
      SYS {}
    }
    system_account: SYS
    """
        .formatted(
            quoted(listen),
            member.map(each -> each.cluster().text(each.number(), each.routes(), tls)).orElse(""),
            quoted(store),
            tls.map(ServerConfig::text).orElse(""),
            CORE,
            quoted(users),
            quoted(accounts));
  }

  private static String text(Tls tls) {
    return """
    tls {
      cert_file: %s
      key_file: %s
      timeout: 10 # for the same reason
    }
    """
        .formatted(quoted(tls.certificate()), quoted(tls.key()));
  }

  static String list(List<String> subjects) {
    return subjects.stream().map(ServerConfig::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** A quoted and escaped string. */
  static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
