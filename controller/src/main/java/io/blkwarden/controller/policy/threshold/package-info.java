/** Policies on one metric's threshold. */
@NullMarked
package io.blkwarden.controller.policy.threshold;

import org.jspecify.annotations.NullMarked;
