package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of replicas of each stream: the operator's choice, else three in a cluster and one
 * otherwise.
 *
 * <p>A client cannot count the servers of a cluster: {@code connect_urls} lists addresses, not
 * servers, and only running ones. So it requests three, and falls back to one if the server
 * refuses.
 */
final class Replicas {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** Choose by the cluster. */
  static final int AUTO = 0;

  private static final int CLUSTERED = 3;

  /** nats-server error: no suitable peers, too few servers or too little storage on them. */
  static final int NO_PEERS = 10005;

  private final int option;
  private final Set<String> fewer = new TreeSet<>();
  private boolean clustered;
  private String reason = "";
  private String logged = "";

  /**
   * Creates an instance.
   *
   * @param option chosen by the operator, or {@link #AUTO}
   */
  Replicas(int option) {
    this.option = option;
  }

  /** The number to request; a single server accepts any number and keeps one copy. */
  int wanted(Connection connection) {
    fewer.clear();
    String cluster = connection.getServerInfo().getCluster();
    clustered = cluster != null && !cluster.isEmpty();
    return !clustered ? 1 : option == AUTO ? CLUSTERED : option;
  }

  /** Whether a stream must be changed; replicas are removed only if the operator chose a number. */
  boolean differs(int found, int wanted) {
    return clustered && (found < wanted || (option != AUTO && found > wanted));
  }

  /** The next smaller odd number. */
  static int below(int replicas) {
    return Math.max(1, replicas - 2);
  }

  /** Whether the server refused so many replicas. */
  static boolean refused(JetStreamApiException e) {
    return e.getApiErrorCode() == NO_PEERS;
  }

  /** Records a stream with fewer replicas than wanted. */
  void addReduced(String stream, String why) {
    fewer.add(stream);
    reason = why;
  }

  /** Logs which streams have fewer replicas than wanted, if that has changed. */
  void logChanges(int wanted, String servers) {
    String text = problem(wanted, servers);
    if (text.equals(logged)) {
      return;
    }
    logged = text;
    if (text.isEmpty()) {
      log.info("JetStream: all streams and buckets have {} replicas", wanted);
    } else if (option == AUTO) {
      log.warn("{}", text);
    } else {
      log.error("{}", text);
    }
  }

  private String problem(int wanted, String servers) {
    if (!clustered && option > 1) {
      return ("--replicas %d: NATS at %s is one server, not a cluster, with one copy of each stream"
              + " and bucket. Configure a cluster of %d nats-servers, or remove --replicas")
          .formatted(option, servers, option);
    }
    if (fewer.isEmpty()) {
      return "";
    }
    String end = "the controller then adds the replicas";
    return option == AUTO
        ? ("JetStream: fewer than %d replicas of %s (%s): if a server dies, some are unavailable."
                + " Add nats-servers with JetStream until the cluster has %d; %s")
            .formatted(wanted, fewer, reason, wanted, end)
        : ("--replicas %d: the NATS cluster at %s refuses them for %s (%s). Add nats-servers with"
                + " JetStream until it has %d; %s")
            .formatted(wanted, servers, fewer, reason, wanted, end);
  }
}
