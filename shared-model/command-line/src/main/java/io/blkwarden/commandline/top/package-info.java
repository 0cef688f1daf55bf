/** The live list of disks of {@code top}, on a terminal or in a pipe. */
@NullMarked
package io.blkwarden.commandline.top;

import org.jspecify.annotations.NullMarked;
