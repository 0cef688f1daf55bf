/** tapdisk processes, of XenServer and XCP-ng and of the old blktap. */
@NullMarked
package io.blkwarden.agent.backend.tapdisk;

import org.jspecify.annotations.NullMarked;
