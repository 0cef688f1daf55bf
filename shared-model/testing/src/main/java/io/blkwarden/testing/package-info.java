/** Test code shared by several modules. */
@NullMarked
package io.blkwarden.testing;

import org.jspecify.annotations.NullMarked;
