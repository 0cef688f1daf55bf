/** Ties guest disks to the threads that serve them, by proof: a pure function of what was read. */
@NullMarked
package io.blkwarden.agent.mapping;

import org.jspecify.annotations.NullMarked;
