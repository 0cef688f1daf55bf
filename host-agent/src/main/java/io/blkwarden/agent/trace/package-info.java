/** Sees which thread submits I/O to which device, in a trace instance of its own. */
@NullMarked
package io.blkwarden.agent.trace;

import org.jspecify.annotations.NullMarked;
