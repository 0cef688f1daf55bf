/** Maps guest disks to the threads that serve them by proof, and compares mappings; pure. */
@NullMarked
package io.blkwarden.agent.mapping;

import org.jspecify.annotations.NullMarked;
