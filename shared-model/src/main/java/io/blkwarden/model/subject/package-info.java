/** NATS subjects, the host token in them and the partition of a host. */
@NullMarked
package io.blkwarden.model.subject;

import org.jspecify.annotations.NullMarked;
