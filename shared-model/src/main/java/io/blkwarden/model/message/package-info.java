/** Control messages: one record per subject's message, carried as JSON. */
@NullMarked
package io.blkwarden.model.message;

import org.jspecify.annotations.NullMarked;
