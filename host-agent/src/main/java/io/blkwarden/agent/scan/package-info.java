/** Scans a host: reads files, xenstore and priorities into a snapshot. */
@NullMarked
package io.blkwarden.agent.scan;

import org.jspecify.annotations.NullMarked;
