/** Rules for the whole module. */
@NullMarked
package io.blkwarden.simulation;

import org.jspecify.annotations.NullMarked;
