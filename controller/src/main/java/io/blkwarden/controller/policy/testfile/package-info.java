/** The content of policy test files; read by {@code policy.read}, run by {@code policytest}. */
@NullMarked
package io.blkwarden.controller.policy.testfile;

import org.jspecify.annotations.NullMarked;
