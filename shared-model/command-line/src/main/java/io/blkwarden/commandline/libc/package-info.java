/** Calls of C library functions and their error numbers. */
@NullMarked
package io.blkwarden.commandline.libc;

import org.jspecify.annotations.NullMarked;
