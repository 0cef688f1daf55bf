/** The fleet's messages over NATS; who leads it, and what is kept of it. */
@NullMarked
package io.blkwarden.controller.bus;

import org.jspecify.annotations.NullMarked;
