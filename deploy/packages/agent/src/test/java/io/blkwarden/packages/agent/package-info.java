/** What is written by hand in the package, held against the code. */
@NullMarked
package io.blkwarden.packages.agent;

import org.jspecify.annotations.NullMarked;
