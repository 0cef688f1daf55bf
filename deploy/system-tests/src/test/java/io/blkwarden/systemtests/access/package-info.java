/** Permissions of NATS users, on servers with the generated configuration. */
@NullMarked
package io.blkwarden.systemtests.access;

import org.jspecify.annotations.NullMarked;
