/** YAML text to values, with every problem of a file reported by line and key. */
@NullMarked
package io.blkwarden.controller.policy.yaml;

import org.jspecify.annotations.NullMarked;
