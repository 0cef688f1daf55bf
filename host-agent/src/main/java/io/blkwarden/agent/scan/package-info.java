/** Reads a host once: files, xenstore and priorities become a snapshot. */
@NullMarked
package io.blkwarden.agent.scan;

import org.jspecify.annotations.NullMarked;
