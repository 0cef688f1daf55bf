/** The fleet's messages and stored state over NATS. */
@NullMarked
package io.blkwarden.controller.bus;

import org.jspecify.annotations.NullMarked;
