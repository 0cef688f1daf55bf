/** The core of the agent, and its wiring as a Reactor pipeline. */
@NullMarked
package io.blkwarden.agent.app;

import org.jspecify.annotations.NullMarked;
