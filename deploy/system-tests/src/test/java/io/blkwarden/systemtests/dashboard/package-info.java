/** The dashboard in a real browser. */
@NullMarked
package io.blkwarden.systemtests.dashboard;

import org.jspecify.annotations.NullMarked;
