/** Policies as trees of names and values, for people and programs. */
@NullMarked
package io.blkwarden.controller.policy.shown;

import org.jspecify.annotations.NullMarked;
