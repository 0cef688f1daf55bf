/** What changed from one map of the host to the next, as values. */
@NullMarked
package io.blkwarden.agent.mapping.diff;

import org.jspecify.annotations.NullMarked;
