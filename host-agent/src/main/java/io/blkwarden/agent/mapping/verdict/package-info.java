/** What names and numbers of a volume tell: its role, and whether priorities bite below it. */
@NullMarked
package io.blkwarden.agent.mapping.verdict;

import org.jspecify.annotations.NullMarked;
