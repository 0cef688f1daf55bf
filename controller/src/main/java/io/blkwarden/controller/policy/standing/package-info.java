/** Policies that restrain every disk they match, without a breach. */
@NullMarked
package io.blkwarden.controller.policy.standing;

import org.jspecify.annotations.NullMarked;
