/** The command line. */
@NullMarked
package io.blkwarden.agent.cli;

import org.jspecify.annotations.NullMarked;
