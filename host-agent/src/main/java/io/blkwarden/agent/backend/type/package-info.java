/** What all backend kinds have in common: the type's interface, the bus name and {@code params}. */
@NullMarked
package io.blkwarden.agent.backend.type;

import org.jspecify.annotations.NullMarked;
