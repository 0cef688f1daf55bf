package io.blkwarden.controller.nats;

import io.blkwarden.model.subject.Subjects;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings of NATS connections.
 *
 * @param servers comma-separated URLs, such as {@code nats://127.0.0.1:4222}
 * @param credentials file with an NKey seed, or a {@code .creds} file; absent for none
 * @param authorities file with CA certificates, in PEM; absent for Java's own
 * @param subjects the installation's subjects
 * @param instance name of this controller in its lease and connections: 1 to 64 of {@code A-Z a-z
 *     0-9 _ . -}
 * @param aboveEpoch all epochs of this controller are above this one; 0 for no bound
 * @param replicas of each stream: 1, 3 or 5; 0 to choose by the cluster
 */
public record NatsSettings(
    String servers,
    @Nullable Path credentials,
    @Nullable Path authorities,
    Subjects subjects,
    String instance,
    long aboveEpoch,
    int replicas) {
  /** Highest {@code aboveEpoch}: far above every clock, below the highest that agents accept. */
  public static final long ABOVE_EPOCH_MAX = 1L << 52;

  public NatsSettings {
    if (aboveEpoch < 0 || aboveEpoch > ABOVE_EPOCH_MAX) {
      throw new IllegalArgumentException(
          "above-epoch: expected 0 to %d, found %d".formatted(ABOVE_EPOCH_MAX, aboveEpoch));
    }
    if (replicas != 0 && replicas != 1 && replicas != 3 && replicas != 5) {
      throw new IllegalArgumentException(
          "replicas: expected 1, 3 or 5, found %d".formatted(replicas));
    }
    if (servers.isBlank()) {
      throw new IllegalArgumentException("nats: expected a URL such as nats://127.0.0.1:4222");
    }
    if (!instance.matches("[A-Za-z0-9_.-]{1,64}")) {
      throw new IllegalArgumentException(
          "instance: expected 1 to 64 of A-Z a-z 0-9 _ . -, found '%s'".formatted(instance));
    }
  }

  /** Creates settings without a bound for epochs. */
  public NatsSettings(
      String servers,
      @Nullable Path credentials,
      @Nullable Path authorities,
      Subjects subjects,
      String instance) {
    this(servers, credentials, authorities, subjects, instance, 0, 0);
  }

  /** A copy with a bound for epochs and a number of replicas; 0 to choose by the cluster. */
  public NatsSettings with(long epoch, int count) {
    return new NatsSettings(servers, credentials, authorities, subjects, instance, epoch, count);
  }

  /** Whether TLS is used. */
  public boolean secure() {
    return authorities != null || servers.matches("(?s).*\\b(tls|opentls|wss)://.*");
  }

  /** The servers without user names, passwords and tokens, for logs and errors. */
  public String printableServers() {
    return servers.replaceAll("//[^/@,]*@", "//***@");
  }
}
