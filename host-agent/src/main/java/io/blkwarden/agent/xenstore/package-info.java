/** Xenstore: the client of xenstored, and captured trees. */
@NullMarked
package io.blkwarden.agent.xenstore;

import org.jspecify.annotations.NullMarked;
