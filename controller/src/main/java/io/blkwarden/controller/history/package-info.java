/** The last snapshots, series of the last minutes, and recent decisions. */
@NullMarked
package io.blkwarden.controller.history;

import org.jspecify.annotations.NullMarked;
