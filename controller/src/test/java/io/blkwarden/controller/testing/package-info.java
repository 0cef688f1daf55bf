/** A real nats-server and a scripted fleet, for tests. */
@NullMarked
package io.blkwarden.controller.testing;

import org.jspecify.annotations.NullMarked;
