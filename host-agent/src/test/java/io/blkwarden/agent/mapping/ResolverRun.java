package io.blkwarden.agent.mapping;

import io.blkwarden.agent.mapping.MappingResolver.Resolution;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.Worker;
import java.util.stream.Collectors;

/** Resolves a {@link HostBuilder} repeatedly and describes each disk in one line. */
final class ResolverRun {
  private final MappingResolver resolver = new MappingResolver(RolePatterns.DEFAULTS);
  private Evidence evidence = Evidence.none();
  private Resolution last = resolver.resolve(new HostBuilder().snapshot(), evidence);

  ResolverRun resolve(HostBuilder host) {
    last = resolver.resolve(host.snapshot(), evidence);
    evidence = last.next();
    return this;
  }

  /** Drops all evidence, as a restart of the agent does. */
  ResolverRun restart() {
    evidence = Evidence.none();
    return this;
  }

  Resolution last() {
    return last;
  }

  /** Such as {@code 27444:traced-bio} or {@code ambiguous-name}. */
  String of(int domid, String dev) {
    return last.disks().stream()
        .filter(disk -> disk.domain().domid() == domid && disk.disk().vdev().equals(dev))
        .map(ResolverRun::describe)
        .collect(Collectors.joining(";"));
  }

  private static String describe(MappedDisk disk) {
    if (disk.state() == MappingState.RESOLVED) {
      return disk.workers().stream().map(ResolverRun::describe).collect(Collectors.joining(","));
    }
    return disk.reason() == null ? disk.state().wire() : disk.reason().wire();
  }

  private static String describe(Worker worker) {
    return worker.pid() + ":" + worker.proof().wire();
  }
}
