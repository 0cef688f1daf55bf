/** The main job on a real Xen dom0 with real guests, watched from outside over NATS. */
@NullMarked
package io.blkwarden.systemtests.lab;

import org.jspecify.annotations.NullMarked;
