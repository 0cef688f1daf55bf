package io.blkwarden.controller.nats;

import io.blkwarden.model.subject.Subjects;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where NATS is and who connects.
 *
 * @param servers URLs joined by commas, such as {@code nats://127.0.0.1:4222}
 * @param credentials file with an NKey seed, or {@code .creds} file; absent for none
 * @param authorities file with those that vouch for servers, in PEM; absent for Java's own
 * @param subjects the installation's subjects
 * @param instance name of this controller in its claim and connections: 1 to 64 of {@code A-Z a-z
 *     0-9 _ . -}
 * @param aboveEpoch every epoch of this controller is above this one; 0 for no bound
 * @param replicas how many servers keep each stream: 1, 3 or 5; 0 to choose by the cluster
 */
public record NatsSettings(
    String servers,
    @Nullable Path credentials,
    @Nullable Path authorities,
    Subjects subjects,
    String instance,
    long aboveEpoch,
    int replicas) {
  /** Highest {@code aboveEpoch}: far above every clock, and below what agents obey at most. */
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

  /** Settings without a bound for epochs. */
  public NatsSettings(
      String servers,
      @Nullable Path credentials,
      @Nullable Path authorities,
      Subjects subjects,
      String instance) {
    this(servers, credentials, authorities, subjects, instance, 0, 0);
  }

  /** The same with a bound for epochs. */
  public NatsSettings above(long epoch) {
    return new NatsSettings(servers, credentials, authorities, subjects, instance, epoch, replicas);
  }

  /** The same with so many replicas of each stream; 0 to choose by the cluster. */
  public NatsSettings replicated(int count) {
    return new NatsSettings(
        servers, credentials, authorities, subjects, instance, aboveEpoch, count);
  }

  /** Settings with Java's own authorities. */
  public NatsSettings(
      String servers, @Nullable Path credentials, Subjects subjects, String instance) {
    this(servers, credentials, null, subjects, instance);
  }

  /** Whether what is said is encrypted, and whoever hears it shows who it is. */
  public boolean secure() {
    return authorities != null || servers.matches("(?s).*\\b(tls|opentls|wss)://.*");
  }

  /** The servers without user names, passwords and tokens, for logs and errors. */
  public String printableServers() {
    return servers.replaceAll("//[^/@,]*@", "//***@");
  }
}
