/** The log: formats, structured keys and the asynchronous queue. */
@NullMarked
package io.blkwarden.commandline.log;

import org.jspecify.annotations.NullMarked;
