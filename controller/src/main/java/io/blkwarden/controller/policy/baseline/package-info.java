/** Policies on a threshold that follows what the fleet's disks of a class do. */
@NullMarked
package io.blkwarden.controller.policy.baseline;

import org.jspecify.annotations.NullMarked;
