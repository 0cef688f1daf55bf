/** What each user of NATS may do, and may not, on a real server with the written configuration. */
@NullMarked
package io.blkwarden.systemtests.access;

import org.jspecify.annotations.NullMarked;
