/** The kernel's files, read below a root that nothing leaves. */
@NullMarked
package io.blkwarden.agent.files;

import org.jspecify.annotations.NullMarked;
