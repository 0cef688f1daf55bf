/** The JSON codec of control messages, with typed errors. */
@NullMarked
package io.blkwarden.model.json;

import org.jspecify.annotations.NullMarked;
