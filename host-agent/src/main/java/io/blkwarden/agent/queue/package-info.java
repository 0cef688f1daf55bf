/** Queue settings of physical devices: changing and restoring them. */
@NullMarked
package io.blkwarden.agent.queue;

import org.jspecify.annotations.NullMarked;
