/** Agent and controller with a real Xen dom0, observed over NATS. */
@NullMarked
package io.blkwarden.systemtests.lab;

import org.jspecify.annotations.NullMarked;
