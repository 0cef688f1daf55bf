/** TLS verification of NATS servers, and hints for failed connections. */
@NullMarked
package io.blkwarden.commandline.nats;

import org.jspecify.annotations.NullMarked;
