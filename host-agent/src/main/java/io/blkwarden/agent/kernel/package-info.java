/** Parsers of the kernel's files, one for each source; pure, over the {@link KernelFiles} port. */
@NullMarked
package io.blkwarden.agent.kernel;

import org.jspecify.annotations.NullMarked;
