/** Which priorities are lowered, for whom and until when, decided without side effects. */
@NullMarked
package io.blkwarden.agent.lease;

import org.jspecify.annotations.NullMarked;
