/** Runs policy tests on simulated hosts; pure. */
@NullMarked
package io.blkwarden.controller.policytest;

import org.jspecify.annotations.NullMarked;
