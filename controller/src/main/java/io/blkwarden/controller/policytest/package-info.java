/** Runs tests of policies on made-up hosts; pure. */
@NullMarked
package io.blkwarden.controller.policytest;

import org.jspecify.annotations.NullMarked;
