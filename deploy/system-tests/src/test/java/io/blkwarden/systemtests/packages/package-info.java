/** Packaged files, compared with code and documentation. */
@NullMarked
package io.blkwarden.systemtests.packages;

import org.jspecify.annotations.NullMarked;
