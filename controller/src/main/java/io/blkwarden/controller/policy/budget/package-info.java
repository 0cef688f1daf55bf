/** Policies on a disk's mean use over several windows. */
@NullMarked
package io.blkwarden.controller.policy.budget;

import org.jspecify.annotations.NullMarked;
