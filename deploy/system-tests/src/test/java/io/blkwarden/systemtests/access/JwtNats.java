package io.blkwarden.systemtests.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.systemtests.NatsProcess;
import io.nats.client.NKey;
import io.nats.client.support.JwtUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;

/** A nats-server with JWT authentication and one account with JetStream. */
final class JwtNats implements AutoCloseable {
  private static final String UNLIMITED =
      """
      {"type": "account", "version": 2, "limits": {"subs": -1, "data": -1, "payload": -1,
       "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
       "mem_storage": %d, "disk_storage": %1$d, "streams": %1$d, "consumer": %1$d}}
      """;

  private final Path folder;
  private final NKey account;
  private final String accountKey;
  private final NatsProcess server;

  JwtNats(Path folder) throws Exception {
    this.folder = folder;
    SecureRandom random = new SecureRandom();
    NKey operator = NKey.createOperator(random);
    NKey system = NKey.createAccount(random);
    account = NKey.createAccount(random);
    accountKey = publicKey(account);
    int port = NatsProcess.freePort();
    Path config =
        Files.writeString(
            folder.resolve("jwt.conf"),
            """
            listen: 127.0.0.1:%d
            operator: %s
            system_account: %s
            resolver: MEMORY
            resolver_preload { %s: %s
              %3$s: %s }
            jetstream { store_dir: "%s" }
            """
                .formatted(
                    port,
                    jwt(operator, publicKey(operator), "{\"type\": \"operator\", \"version\": 2}"),
                    publicKey(system),
                    accountKey,
                    jwt(operator, accountKey, UNLIMITED.formatted(-1)),
                    jwt(operator, publicKey(system), UNLIMITED.formatted(0)),
                    folder.resolve("store")));
    server = new NatsProcess(folder, port, List.of("-c", config.toString()));
  }

  private static String publicKey(NKey key) throws Exception {
    return new String(key.getPublicKey());
  }

  private static String jwt(NKey issuer, String subject, String claims) throws Exception {
    return JwtUtils.issueJWT(
        issuer,
        subject,
        "test",
        null,
        JwtUtils.currentTimeSeconds(),
        publicKey(issuer),
        claims::strip);
  }

  String url() {
    return server.url();
  }

  /** The {@code .creds} file of a new user. */
  Path creds(String name) throws Exception {
    NKey user = NKey.createUser(new SecureRandom());
    String jwt = JwtUtils.issueUserJWT(account, accountKey, publicKey(user), name);
    String text = JwtUtils.NATS_USER_JWT_FORMAT.formatted(jwt, new String(user.getSeed()));
    return Files.write(folder.resolve(name + ".creds"), text.getBytes(UTF_8));
  }

  @Override
  public void close() {
    server.close();
  }
}
