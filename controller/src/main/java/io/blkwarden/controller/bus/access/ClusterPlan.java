package io.blkwarden.controller.bus.access;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The nats-servers of a cluster and their routes.
 *
 * <p>A route has full access to every account. So routes require a password, and mutual TLS where
 * clients use TLS.
 *
 * @param servers addresses, this machine's first
 */
public record ClusterPlan(List<Address> servers) {
  /** Offset of the route port from the client port. */
  public static final int ROUTE_PORT_ABOVE = 2_000;

  private static final int CLIENT_PORT = 4_222;
  private static final int PORT_MAX = 65_535 - ROUTE_PORT_ABOVE;
  private static final int SECRET_BYTES = 32;
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9A-Fa-f:]+]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?");
  private static final Pattern PASSWORD = Pattern.compile("(?m)^\\s*password: \"([\\w-]{43})\"$");

  /**
   * The address of a server.
   *
   * @param host name or address; IPv6 in brackets
   * @param port for clients
   */
  public record Address(String host, int port) {
    /** The client address. */
    public String client() {
      return host + ":" + port;
    }

    String route() {
      return host + ":" + (port + ROUTE_PORT_ABOVE);
    }
  }

  /** Checks for three or five different servers. */
  public ClusterPlan {
    servers = List.copyOf(servers);
    if (servers.size() != 3 && servers.size() != 5) {
      throw new IllegalArgumentException(
          "--cluster: expected 3 or 5 servers, found " + servers.size());
    }
    if (new HashSet<>(servers).size() < servers.size()) {
      throw new IllegalArgumentException("--cluster: expected each server once");
    }
  }

  /** Parses addresses of the form {@code HOST} or {@code HOST:PORT}. */
  public static ClusterPlan parse(List<String> addresses) {
    List<Address> servers = new ArrayList<>();
    for (String each : addresses) {
      Matcher matcher = ADDRESS.matcher(each.strip());
      int port =
          !matcher.matches()
              ? 0
              : matcher.group(2) == null ? CLIENT_PORT : Integer.parseInt(matcher.group(2));
      if (port < 1 || port > PORT_MAX) {
        throw new IllegalArgumentException(
            "--cluster: expected HOST or HOST:PORT with a port up to %d, found '%s'"
                .formatted(PORT_MAX, each));
      }
      servers.add(new Address(matcher.group(1), port));
    }
    return new ClusterPlan(servers);
  }

  /** The client address of a server, by number from 1. */
  public String listen(int number) {
    return servers.get(number - 1).client();
  }

  /** The cluster section of a server's configuration. */
  String text(int number, String routesFile, Optional<ServerConfig.Tls> tls) {
    return """
    server_name: "nats-%d"
    cluster {
      name: "blkwarden"
      listen: %s
      include %s
    %s}
    """
        .formatted(
            number,
            ServerConfig.quoted(servers.get(number - 1).route()),
            ServerConfig.quoted(routesFile),
            tls.map(ClusterPlan::routeTls).orElse(""));
  }

  private static String routeTls(ServerConfig.Tls tls) {
    return """
      tls { # routes show and check certificates on both sides
        cert_file: %s
        key_file: %s
        ca_file: %s
        timeout: 10
      }
    """
        .formatted(
            ServerConfig.quoted(tls.certificate()),
            ServerConfig.quoted(tls.key()),
            ServerConfig.quoted(tls.authorities()));
  }

  /** The file with the password and routes, the same for all servers; secret. */
  public String routes(String password) {
    return """
    # Routes of the cluster, created by 'blkwarden nats init'. Secret: with the password anyone can
    # connect as a server with full access. The same file on each server.
    authorization {
      user: "route"
      password: "%s"
      timeout: 10
    }
    routes: [
    %s
    ]
    """
        .formatted(
            password,
            servers.stream()
                .map(each ->
                    "  "
                        + ServerConfig.quoted(
                            "nats-route://route:" + password + "@" + each.route()))
                .collect(Collectors.joining("\n")));
  }

  /** Creates a password that needs no escaping in a URL. */
  public static String newPassword(SecureRandom random) {
    byte[] bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** The password in a file of {@link #routes}. */
  public static Optional<String> password(String routes) {
    Matcher matcher = PASSWORD.matcher(routes);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
