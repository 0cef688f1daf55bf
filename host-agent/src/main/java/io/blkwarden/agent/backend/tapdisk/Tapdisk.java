package io.blkwarden.agent.backend.tapdisk;

import io.blkwarden.agent.backend.type.BackendType;

/**
 * tapdisk, a process per image that tapback connects to guests (XenServer, XCP-ng).
 *
 * <p>Unsupported, because {@code kthread-pid} in xenstore proves nothing: it and state 4 remain
 * after a tapdisk is killed, and one tapdisk may serve several disks. The kernel's xen-backend
 * device has no driver, so it has no {@code physical_device} and no {@code statistics}. {@code
 * params} names the image: a node below {@code /dev/sm/backend}, or an NBD socket.
 */
public final class Tapdisk implements BackendType {
  /** The blktap of old toolstacks; {@code params} is such as {@code tap:aio:/dev/vg/lv}. */
  public static final class OldBlktap implements BackendType {}
}
