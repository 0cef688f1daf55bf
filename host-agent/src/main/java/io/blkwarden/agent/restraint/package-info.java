/** I/O priorities by the system calls of Linux, and I/O limits by the files of cgroup v2. */
@NullMarked
package io.blkwarden.agent.restraint;

import org.jspecify.annotations.NullMarked;
