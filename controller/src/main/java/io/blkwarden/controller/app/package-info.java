/** The controller put together: what is made, in which order it starts, and how it ends. */
@NullMarked
package io.blkwarden.controller.app;

import org.jspecify.annotations.NullMarked;
