/** Agent and controller with a NATS server. */
@NullMarked
package io.blkwarden.systemtests;

import org.jspecify.annotations.NullMarked;
