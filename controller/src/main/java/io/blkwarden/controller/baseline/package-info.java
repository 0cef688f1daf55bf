/** What the fleet's disks normally do, learned by class, for policies that compare with it. */
@NullMarked
package io.blkwarden.controller.baseline;

import org.jspecify.annotations.NullMarked;
