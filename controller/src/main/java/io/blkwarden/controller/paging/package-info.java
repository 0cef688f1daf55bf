/** Which alerts page whom, and in what words; pure. */
@NullMarked
package io.blkwarden.controller.paging;

import org.jspecify.annotations.NullMarked;
