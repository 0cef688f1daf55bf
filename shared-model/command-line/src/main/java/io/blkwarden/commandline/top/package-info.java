/** A live list of disks, worst first, on a terminal or in a pipe. */
@NullMarked
package io.blkwarden.commandline.top;

import org.jspecify.annotations.NullMarked;
