package io.blkwarden.agent.mapping;

import io.blkwarden.model.DeviceNumber;
import io.blkwarden.model.Require;
import io.blkwarden.model.WorkerId;

/**
 * A thread was seen to submit I/O to a device ({@code block:block_bio_queue}).
 *
 * <p>When it did so is not told, only that it was between the drain before and the drain of this
 * snapshot.
 *
 * @param pid the submitting thread
 * @param device the device that it submitted to: the event fires for each level of a stack
 */
public record ObservedBio(int pid, DeviceNumber device) {
  public ObservedBio {
    Require.within(pid, 1, WorkerId.MAX_PID, "bio.pid");
    Require.present(device, "bio.device");
  }
}
