/** Generates the package's manual pages from the command definitions. */
@NullMarked
package io.blkwarden.packages.controller;

import org.jspecify.annotations.NullMarked;
