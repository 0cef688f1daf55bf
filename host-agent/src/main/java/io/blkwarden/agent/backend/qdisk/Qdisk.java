package io.blkwarden.agent.backend.qdisk;

import io.blkwarden.agent.backend.type.BackendType;

/**
 * A disk that QEMU serves. {@code params} is a format and a path, such as {@code aio:/dev/vg/lv}.
 * The kernel has no driver and no counters for it.
 *
 * <p>Without a proven QEMU ({@link QemuProcess}) it is unsupported.
 */
public final class Qdisk implements BackendType {}
