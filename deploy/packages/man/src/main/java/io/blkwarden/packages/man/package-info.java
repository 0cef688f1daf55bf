/** Manual pages of commands, from the same model as their {@code --help}. */
@NullMarked
package io.blkwarden.packages.man;

import org.jspecify.annotations.NullMarked;
