/** Reads files of policies, labels, receivers and policy tests. */
@NullMarked
package io.blkwarden.controller.policy.read;

import org.jspecify.annotations.NullMarked;
