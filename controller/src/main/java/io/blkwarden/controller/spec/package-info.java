/** What the fleet's disks normally do, learned by class, for policies that compare with it. */
@NullMarked
package io.blkwarden.controller.spec;

import org.jspecify.annotations.NullMarked;
