/** Talks to xenstored, or to what {@code xenstore-ls -f} printed of it. */
@NullMarked
package io.blkwarden.agent.xenstore;

import org.jspecify.annotations.NullMarked;
