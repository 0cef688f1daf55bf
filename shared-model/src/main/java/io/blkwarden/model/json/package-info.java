/** Control messages to and from JSON text, with typed errors. */
@NullMarked
package io.blkwarden.model.json;

import org.jspecify.annotations.NullMarked;
