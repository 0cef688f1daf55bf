package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.BackendId;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.model.UnresolvedReason;
import io.blkwarden.model.Worker;
import java.util.List;
import java.util.Optional;

/**
 * tapdisk, a process per image that tapback connects to guests (XenServer, XCP-ng).
 *
 * <p>A tapdisk is proven by its open files ({@link TapdiskProcess}). {@code kthread-pid} and state
 * 4 in xenstore prove nothing: both remain after it is killed. The kernel's xen-backend device has
 * no driver, so it has no {@code physical_device} and no {@code statistics}.
 */
public final class Tapdisk implements BackendType {
  @Override
  public Optional<UnresolvedReason> unsupported() {
    return Optional.empty();
  }

  /** Always empty: the toolstack names a socket or its own device, not the image. */
  @Override
  public Optional<String> namedDevice(String params) {
    return Optional.empty();
  }

  @Override
  public Optional<Counters> counters(KernelFiles files, BackendId id, List<Worker> workers) {
    return workers.stream().findFirst().map(main -> new VbdStatistics(files, id, main.id()));
  }

  /** The blktap of old toolstacks; {@code params} is such as {@code tap:aio:/dev/vg/lv}. */
  public static final class OldBlktap implements BackendType {}
}
