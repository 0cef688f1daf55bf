/** The {@code simulate} program: real agents on simulated hosts. */
@NullMarked
package io.blkwarden.simulation.cli;

import org.jspecify.annotations.NullMarked;
