/**
 * The vocabulary that host agent, controller and the world share: immutable values that validate.
 */
@NullMarked
package io.blkwarden.model;

import org.jspecify.annotations.NullMarked;
