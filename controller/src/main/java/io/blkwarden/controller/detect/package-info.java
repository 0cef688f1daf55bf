/** Whether a policy's condition holds for a disk, over time; one detector for each kind. */
@NullMarked
package io.blkwarden.controller.detect;

import org.jspecify.annotations.NullMarked;
