package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.blkwarden.controller.spec.FleetSpec;
import io.blkwarden.model.message.Alert;
import java.util.List;

/**
 * What takes the fleet's messages in.
 *
 * <p>Called on threads that must not wait: an implementation stores, perhaps does what takes no
 * longer than to wake another thread, and returns. Payloads belong to it, and it bounds what it
 * keeps.
 */
public interface Inbox {
  /** A batch of samples, in binary. */
  void sample(String subject, byte[] payload);

  /** A mapping event, in JSON. */
  void mapping(String subject, byte[] payload);

  /**
   * A host's last snapshot as the bucket {@code blkwarden-mapping} has it, in JSON.
   *
   * @param key that it is stored under
   * @return whether there was room for it; if not, it is offered again
   */
  boolean storedMapping(String key, byte[] payload);

  /** What another controller learned of the fleet. */
  void learned(FleetSpec spec);

  /** A heartbeat, in JSON. */
  void heartbeat(String subject, byte[] payload);

  /** An outcome, in JSON. */
  void outcome(String subject, byte[] payload);

  /**
   * An operator's request, in JSON.
   *
   * @param replyTo where the answer goes
   */
  void operator(String subject, String replyTo, byte[] payload);

  /** What people said, read before a claim is given and whenever it changed. */
  void said(Said said);

  /** These alerts were told and are open, read right before a claim is given. */
  void openAlerts(List<Alert> open);

  /** The claim to command the fleet changed hands. */
  void claim(Claim claim);
}
