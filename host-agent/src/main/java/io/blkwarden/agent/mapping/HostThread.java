package io.blkwarden.agent.mapping;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;
import org.jspecify.annotations.Nullable;

/**
 * A live kernel thread with a name as blkback gives it. User processes may take any name, and are
 * not among these.
 *
 * @param id pid and start time
 * @param name its name
 * @param readBytes {@code read_bytes} of {@code /proc/PID/io}, read between the two readings of the
 *     disks' counters; absent when it could not be read
 * @param priority its I/O priority; absent when it could not be read
 */
public record HostThread(
    WorkerId id, BlkbackName name, @Nullable Long readBytes, @Nullable IoPriority priority) {
  public HostThread {
    Require.present(id, "thread.id");
    Require.present(name, "thread.name");
  }
}
