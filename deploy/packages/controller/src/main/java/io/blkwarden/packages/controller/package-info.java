/** What of the package is made from the commands themselves. */
@NullMarked
package io.blkwarden.packages.controller;

import org.jspecify.annotations.NullMarked;
