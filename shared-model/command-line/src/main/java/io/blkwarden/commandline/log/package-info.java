/** The log of a process: how its lines look, and what they are about. */
@NullMarked
package io.blkwarden.commandline.log;

import org.jspecify.annotations.NullMarked;
