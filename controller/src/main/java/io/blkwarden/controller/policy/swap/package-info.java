/** Policies that detect guests out of memory by their swap traffic. */
@NullMarked
package io.blkwarden.controller.policy.swap;

import org.jspecify.annotations.NullMarked;
