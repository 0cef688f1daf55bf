/** What a test of policies says; read by {@code policy.read}, run by {@code trial}. */
@NullMarked
package io.blkwarden.controller.policy.trial;

import org.jspecify.annotations.NullMarked;
