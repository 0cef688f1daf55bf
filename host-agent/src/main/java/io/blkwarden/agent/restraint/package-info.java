/** I/O priorities by system calls, and I/O limits by cgroup v2. */
@NullMarked
package io.blkwarden.agent.restraint;

import org.jspecify.annotations.NullMarked;
