/** Leader election by a lease in a JetStream key-value bucket. */
@NullMarked
package io.blkwarden.controller.leader;

import org.jspecify.annotations.NullMarked;
