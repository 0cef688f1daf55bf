/** NATS as Reactor flows and plain calls; the only package that uses its client. */
@NullMarked
package io.blkwarden.controller.nats;

import org.jspecify.annotations.NullMarked;
