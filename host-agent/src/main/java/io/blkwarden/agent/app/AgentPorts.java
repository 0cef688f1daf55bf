package io.blkwarden.agent.app;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.state.ReleaseRequest;
import io.blkwarden.agent.xenstore.XenStore;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * All that an agent touches of its host.
 *
 * @param files the kernel's files
 * @param xenStore xenstore
 * @param scan reads what the map is made from
 * @param tracing tells apart what names do not
 * @param priorities gets and sets I/O priorities
 * @param limits limits tasks by cgroups
 * @param store keeps the leases
 * @param releaseRequest a person's wish on the host to end all leases, where there is such a file
 * @param monotonicMillis CLOCK_MONOTONIC in ms, the same for all processes of a boot
 * @param wall wall clock
 * @param random for identities; used by several threads
 * @param queues sets and puts back the queues of physical devices, where that is possible at all
 */
public record AgentPorts(
    KernelFiles files,
    XenStore xenStore,
    HostScan scan,
    Tracing tracing,
    IoPriorities priorities,
    LimitGroups limits,
    LeaseStore store,
    Optional<ReleaseRequest> releaseRequest,
    LongSupplier monotonicMillis,
    InstantSource wall,
    RandomGenerator random,
    Optional<QueueTuner> queues) {
  /** The same without any touch on devices' queues. */
  public AgentPorts(
      KernelFiles files,
      XenStore xenStore,
      HostScan scan,
      Tracing tracing,
      IoPriorities priorities,
      LimitGroups limits,
      LeaseStore store,
      Optional<ReleaseRequest> releaseRequest,
      LongSupplier monotonicMillis,
      InstantSource wall,
      RandomGenerator random) {
    this(
        files,
        xenStore,
        scan,
        tracing,
        priorities,
        limits,
        store,
        releaseRequest,
        monotonicMillis,
        wall,
        random,
        Optional.empty());
  }
}
