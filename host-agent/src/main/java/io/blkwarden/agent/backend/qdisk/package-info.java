/** QEMU's disk backend. */
@NullMarked
package io.blkwarden.agent.backend.qdisk;

import org.jspecify.annotations.NullMarked;
