package io.blkwarden.agent.app;

import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.agent.xenstore.XenStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The interfaces of an agent to its host.
 *
 * @param files the kernel's files
 * @param xenStore xenstore
 * @param scan reads the sources of the map; its argument returns the I/O traced since the last
 *     scan, and is called once, after reading the uptime
 * @param tracing identifies workers that names do not
 * @param priorities gets and sets I/O priorities
 * @param limits cgroup limits
 * @param store the lease store
 * @param releaseRequest the release-all request, if supported
 * @param monotonicMillis CLOCK_MONOTONIC in ms, the same for all processes of a boot
 * @param wall wall clock
 * @param random for ids; thread-safe
 * @param queues queue settings of physical devices, if supported
 */
public record AgentPorts(
    KernelFiles files,
    XenStore xenStore,
    Function<Supplier<List<ObservedBio>>, HostSnapshot> scan,
    Tracing tracing,
    IoPriorities priorities,
    LimitGroups limits,
    LeaseStore store,
    Optional<StateRequest> releaseRequest,
    LongSupplier monotonicMillis,
    InstantSource wall,
    RandomGenerator random,
    Optional<QueueTuner> queues) {}
