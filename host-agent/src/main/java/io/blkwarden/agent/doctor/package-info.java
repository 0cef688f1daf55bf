/** What {@code doctor} says about each thing that the agent needs. */
@NullMarked
package io.blkwarden.agent.doctor;

import org.jspecify.annotations.NullMarked;
