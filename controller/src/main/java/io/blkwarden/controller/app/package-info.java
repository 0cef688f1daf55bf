/** The controller's data flow, its wiring, start and shutdown. */
@NullMarked
package io.blkwarden.controller.app;

import org.jspecify.annotations.NullMarked;
