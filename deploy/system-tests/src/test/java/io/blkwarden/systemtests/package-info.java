/** Agent and controller together, against a real NATS server. */
@NullMarked
package io.blkwarden.systemtests;

import org.jspecify.annotations.NullMarked;
