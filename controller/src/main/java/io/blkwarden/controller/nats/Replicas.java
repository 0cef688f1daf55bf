package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many servers keep a copy of each stream: what the operator chose, else three in a cluster and
 * one without.
 *
 * <p>A client cannot count the servers of a cluster: {@code connect_urls} names addresses, several
 * of a server or none, and only of those that run. So three are asked for, and the server refuses
 * what it cannot do; then it is one.
 */
final class Replicas {
  private static final Logger log = LoggerFactory.getLogger(Replicas.class);

  /** Chosen by the cluster's size. */
  static final int AUTO = 0;

  private static final int CLUSTERED = 3;

  /** Code of nats-server for a cluster with too few servers, or with too little room on them. */
  static final int NO_PEERS = 10005;

  private final int option;
  private final Set<String> fewer = new TreeSet<>();
  private boolean clustered;
  private String reason = "";
  private String told = "";

  /**
   * Before anything was asked for.
   *
   * @param option chosen by the operator, or {@link #AUTO}
   */
  Replicas(int option) {
    this.option = option;
  }

  /** How many to ask this server for; a server alone would accept any number, and keep one. */
  int wanted(Connection link) {
    fewer.clear();
    String cluster = link.getServerInfo().getCluster();
    clustered = cluster != null && !cluster.isEmpty();
    return !clustered ? 1 : option == AUTO ? CLUSTERED : option;
  }

  /** Whether a stream that has so many is to have {@code wanted}; only an operator takes some. */
  boolean differs(int found, int wanted) {
    return clustered && (found < wanted || (option != AUTO && found > wanted));
  }

  /** The next smaller number that survives more failures than the one below it. */
  static int below(int replicas) {
    return Math.max(1, replicas - 2);
  }

  /** Whether the server refused so many replicas. */
  static boolean refused(JetStreamApiException e) {
    return e.getApiErrorCode() == NO_PEERS;
  }

  /** Takes note of a stream with fewer replicas than wanted. */
  void few(String stream, String why) {
    fewer.add(stream);
    reason = why;
  }

  /** Logs which streams have fewer than wanted, if that has changed since the last time. */
  void tell(int wanted, String servers) {
    String text = problem(wanted, servers);
    if (text.equals(told)) {
      return;
    }
    told = text;
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
      return ("--replicas %d: NATS at %s is one server, not a cluster, and keeps one copy of each"
              + " stream and bucket. Configure a cluster of %d nats-servers, or remove --replicas")
          .formatted(option, servers, option);
    }
    if (fewer.isEmpty()) {
      return "";
    }
    String end = "the controller adds the replicas then";
    return option == AUTO
        ? ("JetStream: fewer than %d replicas of %s (%s): if a server dies, some are unavailable."
                + " Add nats-servers with JetStream until the cluster has %d; %s")
            .formatted(wanted, fewer, reason, wanted, end)
        : ("--replicas %d: the NATS cluster at %s refuses so many for %s (%s). Add nats-servers"
                + " with JetStream until it has %d; %s")
            .formatted(wanted, servers, fewer, reason, wanted, end);
  }
}
