/** Cgroups of version 2 below the injected root: the files in which limits are written. */
@NullMarked
package io.blkwarden.agent.cgroup;

import org.jspecify.annotations.NullMarked;
