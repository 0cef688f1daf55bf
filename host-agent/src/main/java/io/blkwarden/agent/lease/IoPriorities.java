package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.IoPriority;
import java.util.Optional;

/**
 * The I/O priorities of this host's tasks.
 *
 * <p>Pids are reused: callers check the task's identity before and after each call. No method
 * throws.
 */
public interface IoPriorities {
  /**
   * Reads a task's priority. Absent when the task does not exist; failed when the kernel refuses.
   */
  ReadResult<IoPriority> get(int pid);

  /**
   * Sets a task's priority to {@code idle}, {@code best-effort/0..7} or {@code none}. Refuses
   * realtime, which would raise the task above all others.
   *
   * @return the error; empty on success
   */
  Optional<String> set(int pid, IoPriority priority);

  /**
   * Restores a task's priority recorded before the first change, including realtime.
   *
   * @return the error; empty on success
   */
  Optional<String> restore(int pid, IoPriority recorded);
}
