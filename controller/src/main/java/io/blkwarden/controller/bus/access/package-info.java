/**
 * Who may say and hear what over NATS, and a server's configuration that holds them to it; pure.
 */
@NullMarked
package io.blkwarden.controller.bus.access;

import org.jspecify.annotations.NullMarked;
