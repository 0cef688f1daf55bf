/** A cluster of real nats-servers of which some die or are restarted. */
@NullMarked
package io.blkwarden.systemtests.cluster;

import org.jspecify.annotations.NullMarked;
