/** I/O priorities through the system calls of Linux. */
@NullMarked
package io.blkwarden.agent.priority;

import org.jspecify.annotations.NullMarked;
