package io.blkwarden.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Require;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.WorkerId;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The action of a command, identified by {@code verb}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "verb")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CommandAction.Set.class, name = "set"),
  @JsonSubTypes.Type(value = CommandAction.Reset.class, name = "reset"),
  @JsonSubTypes.Type(value = CommandAction.ReleaseAll.class, name = "release-all"),
  @JsonSubTypes.Type(value = CommandAction.Snapshot.class, name = "snapshot"),
})
public sealed interface CommandAction {
  /**
   * Restrains all workers of a disk with a lease, or renews the lease with this id.
   *
   * @param lease id of the lease
   * @param domain domain of the disk in the issuer's mapping
   * @param vdev virtual device, such as {@code xvda2}
   * @param boot boot of the issuer's mapping
   * @param workers workers in the issuer's mapping; the agent refuses if its own differ
   * @param restraint restraint to set, the fields {@code priority} or {@code limit_per_s}
   * @param leaseMs duration unless renewed, 1,000 ms to {@link #MAX_LEASE_MS}; agents without
   *     {@code max_lease_ms} in their heartbeats accept {@link #USUAL_LEASE_MS} at most
   */
  record Set(
      MessageId lease,
      DomainRef domain,
      String vdev,
      UUID boot,
      List<WorkerId> workers,
      @JsonUnwrapped Restraint restraint,
      long leaseMs)
      implements CommandAction {
    /** Maximum duration of the lease of a standing restraint in ms: 24 h. */
    public static final long MAX_LEASE_MS = 86_400_000;

    /** Maximum duration of all other leases in ms: 1 h. */
    public static final long USUAL_LEASE_MS = 3_600_000;

    public Set {
      Require.text(vdev, 64, "action.vdev");
      workers = Require.list(workers, MappedDisk.MAX_WORKERS, "action.workers");
      Require.within(workers.size(), 1, MappedDisk.MAX_WORKERS, "action.workers (count)");
      Require.within(leaseMs, 1_000, MAX_LEASE_MS, "action.lease_ms");
    }
  }

  /**
   * Ends a lease and restores the prior state.
   *
   * @param lease id of the lease; an unknown one counts as ended
   */
  record Reset(MessageId lease) implements CommandAction {}

  /** Ends all leases of the host. */
  record ReleaseAll() implements CommandAction {}

  /**
   * Requests a snapshot of the mapping and informs the agent of the sender's epoch.
   *
   * @param unless no snapshot is sent if this is the agent's current mapping; absent to always get
   *     one. Older agents ignore the field.
   */
  record Snapshot(@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Revision unless)
      implements CommandAction {
    /** An unconditional request. */
    public Snapshot() {
      this(null);
    }
  }

  /**
   * A revision of a host's mapping.
   *
   * @param run run of the agent
   * @param revision revision within that run
   */
  record Revision(UUID run, long revision) {
    public Revision {
      Require.within(revision, 0, Long.MAX_VALUE, "action.unless.revision");
    }
  }
}
