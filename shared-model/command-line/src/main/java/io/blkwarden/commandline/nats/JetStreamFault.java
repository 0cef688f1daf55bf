package io.blkwarden.commandline.nats;

import io.blkwarden.commandline.Complaint;

/** What an error code of JetStream means, and what to do about it. */
public final class JetStreamFault {
  private JetStreamFault() {}

  /**
   * Cause and remedy.
   *
   * @param code the server's {@code err_code}
   * @param description what the server said
   */
  public static Complaint of(int code, String description) {
    String said = " (%s, error %d)".formatted(description, code);
    return switch (code) {
      case 10008, 10009, 10005, 10118 ->
          new Complaint(
              "JetStream has no leader or no quorum" + said,
              "start the servers of the cluster that are down, so that more than half of them run:"
                  + " 'nats server report jetstream' lists them");
      case 10023, 10028, 10047, 10077 ->
          new Complaint(
              "JetStream cannot store more" + said,
              "free space on the disk of its store_dir, or raise max_file_store, and see the"
                  + " server's log");
      case 10002, 10026, 10027, 10113, 10122 ->
          new Complaint(
              "the NATS account's JetStream limits are reached" + said,
              "raise the account's limits of storage, streams and consumers");
      case 10039 ->
          new Complaint(
              "JetStream is not enabled for this NATS account" + said,
              "enable it: 'jetstream: enabled' in the account's configuration");
      case 10076 ->
          new Complaint(
              "JetStream is not enabled" + said,
              "start nats-server with -js, or put 'jetstream { store_dir: \"/var/lib/nats\" }' into"
                  + " its configuration, and restart it");
      default ->
          new Complaint(
              "JetStream refuses" + said,
              "check the account's permissions and storage limits, and the server's log");
    };
  }
}
