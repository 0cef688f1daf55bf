/** Access to the kernel's files below a root. */
@NullMarked
package io.blkwarden.agent.files;

import org.jspecify.annotations.NullMarked;
