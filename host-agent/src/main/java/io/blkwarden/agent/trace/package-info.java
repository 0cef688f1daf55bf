/** Tracing of which thread submits I/O to which device. */
@NullMarked
package io.blkwarden.agent.trace;

import org.jspecify.annotations.NullMarked;
