/** The agent at work: its inputs on one thread, and what it does with them. */
@NullMarked
package io.blkwarden.agent.app;

import org.jspecify.annotations.NullMarked;
