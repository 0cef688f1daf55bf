/** Policies on a total over the fleet. */
@NullMarked
package io.blkwarden.controller.policy.total;

import org.jspecify.annotations.NullMarked;
