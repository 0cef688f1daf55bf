/** How a client of NATS knows its server, and why it could not reach it. */
@NullMarked
package io.blkwarden.commandline.nats;

import org.jspecify.annotations.NullMarked;
