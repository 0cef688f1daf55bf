package io.blkwarden.agent.backend.qdisk;

import io.blkwarden.agent.backend.type.BackendType;

/**
 * A disk that QEMU serves.
 *
 * <p>Unsupported, because nothing names the threads of QEMU that serve a disk: xenstore has no pid,
 * and one process serves all disks of a guest. {@code params} is a format and a path, such as
 * {@code aio:/dev/vg/lv}. The kernel has no driver and no counters for it.
 */
public final class Qdisk implements BackendType {}
