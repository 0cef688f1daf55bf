/** The minimal NATS server for the training run of the agent's AOT cache. */
@NullMarked
package io.blkwarden.packages.training;

import org.jspecify.annotations.NullMarked;
