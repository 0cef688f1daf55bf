/** NATS permissions of each role, and the nats-server configuration that enforces them; pure. */
@NullMarked
package io.blkwarden.controller.bus.access;

import org.jspecify.annotations.NullMarked;
