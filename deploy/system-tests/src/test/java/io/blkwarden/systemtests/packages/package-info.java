/** What is installed, held against the code and the docs. */
@NullMarked
package io.blkwarden.systemtests.packages;

import org.jspecify.annotations.NullMarked;
