/** Parsers of kernel files over the {@link KernelFiles} port, one per source; pure. */
@NullMarked
package io.blkwarden.agent.kernel;

import org.jspecify.annotations.NullMarked;
