/** Settings of the controller, secrets, and policy files with their watch. */
@NullMarked
package io.blkwarden.controller.config;

import org.jspecify.annotations.NullMarked;
