/** A NATS cluster whose servers fail or are restarted. */
@NullMarked
package io.blkwarden.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
