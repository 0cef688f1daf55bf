package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.HostSnapshot.ObservedBio;
import io.blkwarden.agent.trace.BioBatch;
import io.blkwarden.agent.trace.BioTrace;
import io.blkwarden.model.DeviceNumber;
import java.nio.file.Path;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tracing through an instance of tracefs. */
final class BioTracing implements Tracing {
  private final BioTrace trace;
  private Optional<String> drainFault = Optional.empty();

  private BioTracing(BioTrace trace) {
    this.trace = trace;
  }

  /** Creates the trace instance; {@code closing} receives what removes it. */
  static Tracing open(RootedFiles files, Deque<Runnable> closing) {
    ReadResult<BioTrace> opened =
        BioTrace.open(Path.of("/"), files, (int) ProcessHandle.current().pid());
    if (!(opened instanceof ReadResult.Present<BioTrace>(BioTrace trace))) {
      return Tracing.none(opened.describe());
    }
    closing.push(trace::close);
    return new BioTracing(trace);
  }

  /** Opens the tracing when devices are first watched. */
  static Tracing lazy(Supplier<Tracing> open) {
    return new Tracing() {
      private @Nullable Tracing opened;

      @Override
      public Optional<String> arm(Set<DeviceNumber> devices) {
        Tracing tracing = opened == null ? open.get() : opened;
        opened = tracing;
        return tracing.arm(devices);
      }

      @Override
      public List<ObservedBio> drain() {
        return opened == null ? List.of() : opened.drain();
      }
    };
  }

  @Override
  public Optional<String> arm(Set<DeviceNumber> devices) {
    return trace.arm(devices).or(() -> drainFault);
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
