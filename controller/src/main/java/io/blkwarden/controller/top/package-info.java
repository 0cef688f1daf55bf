/** Live I/O of the fleet's disks. */
@NullMarked
package io.blkwarden.controller.top;

import org.jspecify.annotations.NullMarked;
