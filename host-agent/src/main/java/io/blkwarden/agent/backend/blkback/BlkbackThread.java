package io.blkwarden.agent.backend.blkback;

import io.blkwarden.model.WorkerId;

/**
 * A kernel thread that bears a blkback name. Only kthreadd's children are taken, so that no user
 * process can pose as one.
 *
 * @param id pid and start time
 * @param name its name, read as a candidate
 */
public record BlkbackThread(WorkerId id, BlkbackName name) {
  /** The name as the kernel tells it. */
  public String comm() {
    return name.comm();
  }
}
