/** What the kernel's files say: one parser a source, pure over the {@link KernelFiles} port. */
@NullMarked
package io.blkwarden.agent.probe;

import org.jspecify.annotations.NullMarked;
