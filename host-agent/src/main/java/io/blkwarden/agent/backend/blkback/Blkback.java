package io.blkwarden.agent.backend.blkback;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Optional;

/** The kernel's blkback: one kernel thread per ring, and counters of each disk in sysfs. */
public final class Blkback implements BackendType {
  @Override
  public Optional<UnresolvedReason> unsupported() {
    return Optional.empty();
  }

  @Override
  public ReadResult<DeviceNumber> kernelDevice(KernelFiles files, BackendId id) {
    return id.device(files);
  }

  /** Always empty: the hotplug script writes the device to xenstore. */
  @Override
  public Optional<String> namedDevice(String params) {
    return Optional.empty();
  }

  @Override
  public Optional<Counters> counters(KernelFiles files, BackendId id, List<Worker> workers) {
    return Optional.of(new BlkbackCounters(files, id));
  }
}
