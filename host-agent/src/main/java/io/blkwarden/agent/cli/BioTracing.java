package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.trace.BioBatch;
import io.blkwarden.agent.trace.BioTrace;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Tracing through an instance of tracefs. */
final class BioTracing implements Tracing {
  private final BioTrace trace;
  private Optional<String> drainFault = Optional.empty();

  BioTracing(BioTrace trace) {
    this.trace = trace;
  }

  @Override
  public Optional<String> arm(Set<DeviceNumber> devices) {
    ReadResult<BioTrace.Armed> armed = trace.arm(devices);
    return armed.isPresent() ? drainFault : Optional.of(armed.describe());
  }

  @Override
  public List<ObservedBio> drain() {
    ReadResult<BioBatch> drained = trace.drain();
    drainFault = drained.isPresent() ? Optional.empty() : Optional.of(drained.describe());
    return drained.orElse(BioBatch.EMPTY).bios().stream()
        .filter(bio -> bio.pid() > 0)
        .map(bio -> new ObservedBio(bio.pid(), bio.device()))
        .distinct()
        .toList();
  }
}
