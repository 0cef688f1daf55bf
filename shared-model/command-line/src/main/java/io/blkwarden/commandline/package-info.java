/** What both command lines share: options in a file, times, tables, words of errors, exit codes. */
@NullMarked
package io.blkwarden.commandline;

import org.jspecify.annotations.NullMarked;
