/** The fleet's messages over NATS; the only package that knows NATS. */
@NullMarked
package io.blkwarden.controller.bus;

import org.jspecify.annotations.NullMarked;
