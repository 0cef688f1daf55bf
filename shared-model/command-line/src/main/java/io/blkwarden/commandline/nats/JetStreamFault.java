package io.blkwarden.commandline.nats;

import io.blkwarden.commandline.CommandError;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.api.ApiResponse;
import io.nats.client.api.Error;
import io.nats.client.api.ServerInfo;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The cause and remedy of a JetStream failure. */
public final class JetStreamFault {
  private static final String INFO = "$JS.API.INFO";
  private static final Duration WITHIN = Duration.ofSeconds(2);
  private static final int NO_RESPONDERS = 503;
  private static final String CLUSTER_REMEDY =
      "start the servers of the cluster that are down, so that more than half of them run:"
          + " 'nats server report jetstream' lists them";

  private JetStreamFault() {}

  /**
   * Cause and remedy of a failed request; asks the server where the client does not tell no answer
   * from no responders, and waits at most two seconds for it.
   *
   * @param link a connection that reports no responders
   */
  public static CommandError ask(Throwable fault, Connection link) throws InterruptedException {
    return timedOut(fault) && link.getStatus() == Connection.Status.CONNECTED
        ? check(link).orElseGet(() -> ofTimeout(link.getServerInfo()))
        : of(fault, link.getServerInfo());
  }

  /**
   * Asks the server whether JetStream works; empty if it does.
   *
   * @param link a connection that reports no responders and may publish to {@code $JS.API.INFO}
   */
  public static Optional<CommandError> check(Connection link) throws InterruptedException {
    try {
      Message answer =
          link.requestWithTimeout(INFO, null, WITHIN).get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      Error error = new Answer(answer).getErrorObject();
      return error == null
          ? Optional.empty()
          : Optional.of(of(error.getApiErrorCode(), String.valueOf(error.getDescription())));
    } catch (TimeoutException | CancellationException e) {
      return Optional.of(ofTimeout(link.getServerInfo()));
    } catch (ExecutionException e) {
      return Optional.of(
          noResponders(e) ? notEnabled(link.getServerInfo()) : of(e, link.getServerInfo()));
    }
  }

  /** An answer of which only the error matters. */
  private static final class Answer extends ApiResponse<Answer> {
    Answer(Message message) {
      super(message);
    }
  }

  /** Cause and remedy of a failed request or publish, as the client reports it. */
  public static CommandError of(Throwable fault, ServerInfo server) {
    for (Throwable each : NatsFault.causes(fault)) {
      if (each instanceof JetStreamApiException api) {
        return of(api.getApiErrorCode(), String.valueOf(api.getErrorDescription()));
      }
    }
    if (noResponders(fault)) {
      return server.isJetStreamAvailable() || server.getCluster() != null
          ? new CommandError(
              "no stream accepts the message (no responders)",
              "start the controller, which creates missing streams; after 'blkwarden nats init'"
                  + " reload nats-server a second time; in a cluster, start the servers that are"
                  + " down; without a configuration of 'nats init', check that JetStream is enabled"
                  + " for the account")
          : notEnabled(server);
    }
    if (timedOut(fault)) {
      return ofTimeout(server);
    }
    Throwable last = NatsFault.causes(fault).getLast();
    return new CommandError(
        "JetStream request failed (%s)".formatted(NatsFault.message(last)),
        "see the log of nats-server");
  }

  private static boolean noResponders(Throwable fault) {
    return NatsFault.causes(fault).stream()
        .anyMatch(each ->
            (each instanceof JetStreamStatusException status
                    && status.getStatus().getCode() == NO_RESPONDERS)
                || NatsFault.message(each).contains("503 No Responders"));
  }

  private static boolean timedOut(Throwable fault) {
    return NatsFault.causes(fault).stream()
        .anyMatch(each ->
            each instanceof TimeoutException
                || each instanceof CancellationException
                || NatsFault.message(each).startsWith("Timeout or no response"));
  }

  private static CommandError notEnabled(ServerInfo server) {
    return server.isJetStreamAvailable()
        ? new CommandError(
            "JetStream is not enabled for this NATS account, or nats-server has disabled it after a"
                + " disk error (no responders)",
            "see the log of nats-server; enable it with 'jetstream: enabled' in the account's"
                + " configuration, or free space on the disk of its store_dir and restart it")
        : off(" (no responders)");
  }

  private static CommandError off(String answer) {
    return new CommandError(
        "JetStream is not enabled" + answer,
        "start nats-server with -js, or put 'jetstream { store_dir: \"/var/lib/nats\" }' into"
            + " its configuration, and restart it");
  }

  private static CommandError ofTimeout(ServerInfo server) {
    String cluster = server.getCluster();
    if (cluster != null) {
      return new CommandError(
          "JetStream does not answer: cluster %s has no leader or no quorum".formatted(cluster),
          CLUSTER_REMEDY);
    }
    return server.isJetStreamAvailable()
        ? new CommandError(
            "JetStream does not answer, as when the disk of its store_dir is full or hangs",
            "free space on that disk and restart nats-server if it still does not answer; see its"
                + " log, which also names requests that these credentials do not permit")
        : off(" (no answer)");
  }

  /**
   * Cause and remedy.
   *
   * @param code the server's {@code err_code}
   * @param description the error of the server
   */
  public static CommandError of(int code, String description) {
    String answer = " (%s, error %d)".formatted(description, code);
    return switch (code) {
      case 10005 ->
          new CommandError(
              "no server of the NATS cluster has room for it" + answer,
              "start the servers of the cluster that are down, or raise max_file_store");
      case 10008, 10009, 10118 ->
          new CommandError("JetStream has no leader or no quorum" + answer, CLUSTER_REMEDY);
      case 10023, 10028, 10047, 10077 ->
          new CommandError(
              "JetStream cannot store more" + answer,
              "free space on the disk of its store_dir, or raise max_file_store, and see the"
                  + " server's log");
      case 10002, 10026, 10027, 10113, 10122 ->
          new CommandError(
              "the NATS account's JetStream limits are reached" + answer,
              "raise the account's limits of storage, streams and consumers");
      case 10039 ->
          new CommandError(
              "JetStream is not enabled for this NATS account" + answer,
              "enable it: 'jetstream: enabled' in the account's configuration");
      case 10076 -> off(answer);
      default ->
          new CommandError(
              "JetStream refuses" + answer,
              "check the account's permissions and storage limits, and the server's log");
    };
  }
}
