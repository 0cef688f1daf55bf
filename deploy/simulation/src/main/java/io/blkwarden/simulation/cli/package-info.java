/** The {@code simulate} program: real agents on simulated hosts, connected to a real NATS server. */
@NullMarked
package io.blkwarden.simulation.cli;

import org.jspecify.annotations.NullMarked;
