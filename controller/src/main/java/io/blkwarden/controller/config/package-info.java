/** How a controller is set up: its settings, and the policy files, which it watches. */
@NullMarked
package io.blkwarden.controller.config;

import org.jspecify.annotations.NullMarked;
