/** The rules that people write, as values; one record for each kind of policy. */
@NullMarked
package io.blkwarden.controller.policy;

import org.jspecify.annotations.NullMarked;
