/** The engine's core: one step from an input and a moment to effects, over state that it owns. */
@NullMarked
package io.blkwarden.controller.engine;

import org.jspecify.annotations.NullMarked;
