/** Policy files (YAML) to policies, with every problem of a file named by line and key. */
@NullMarked
package io.blkwarden.controller.policy.read;

import org.jspecify.annotations.NullMarked;
