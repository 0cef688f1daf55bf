/** What the tests of several modules share. */
@NullMarked
package io.blkwarden.testing;

import org.jspecify.annotations.NullMarked;
