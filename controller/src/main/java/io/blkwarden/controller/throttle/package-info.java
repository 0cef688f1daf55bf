/** The state machine of throttles, its safety checks, ladder and effect evaluation; pure. */
@NullMarked
package io.blkwarden.controller.throttle;

import org.jspecify.annotations.NullMarked;
