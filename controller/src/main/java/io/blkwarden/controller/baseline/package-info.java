/** The baselines of the fleet's disks, learned by class. */
@NullMarked
package io.blkwarden.controller.baseline;

import org.jspecify.annotations.NullMarked;
