/** The commands of both programs, compared with docs/CLI.md. */
@NullMarked
package io.blkwarden.systemtests.commands;

import org.jspecify.annotations.NullMarked;
