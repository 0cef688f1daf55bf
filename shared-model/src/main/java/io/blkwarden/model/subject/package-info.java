/** NATS subjects, their host token, and partitions of hosts. */
@NullMarked
package io.blkwarden.model.subject;

import org.jspecify.annotations.NullMarked;
