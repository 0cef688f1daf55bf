/** The commands of both programs, held against what docs/CLI.md says of them. */
@NullMarked
package io.blkwarden.systemtests.commands;

import org.jspecify.annotations.NullMarked;
