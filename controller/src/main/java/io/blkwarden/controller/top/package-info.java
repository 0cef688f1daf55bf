/** The fleet's disks live, as their hosts tell of them. */
@NullMarked
package io.blkwarden.controller.top;

import org.jspecify.annotations.NullMarked;
