/** From the engine to the fleet: commands until they are answered, alerts, answers, the record. */
@NullMarked
package io.blkwarden.controller.dispatch;

import org.jspecify.annotations.NullMarked;
