/** A volume's role by its name, and whether I/O priorities are effective on its devices. */
@NullMarked
package io.blkwarden.agent.mapping.verdict;

import org.jspecify.annotations.NullMarked;
