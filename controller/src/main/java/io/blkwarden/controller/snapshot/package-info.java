/** What the engine knows at one moment, as people look at it: values only. */
@NullMarked
package io.blkwarden.controller.snapshot;

import org.jspecify.annotations.NullMarked;
