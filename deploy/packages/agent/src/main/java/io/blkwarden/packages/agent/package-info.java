/** What of the package is made from the commands themselves. */
@NullMarked
package io.blkwarden.packages.agent;

import org.jspecify.annotations.NullMarked;
