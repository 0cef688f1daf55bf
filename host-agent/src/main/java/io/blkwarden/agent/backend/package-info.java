/** The registry of backend kinds. Each kind has a package of its own below this one. */
@NullMarked
package io.blkwarden.agent.backend;

import org.jspecify.annotations.NullMarked;
