/** Which priorities are lowered, for whom and until when, decided without side effects. */
@NullMarked
package io.blkwarden.agent.throttle;

import org.jspecify.annotations.NullMarked;
