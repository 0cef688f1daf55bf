/** What all kinds of policies share; each kind is a package below. */
@NullMarked
package io.blkwarden.controller.policy;

import org.jspecify.annotations.NullMarked;
