/** Service manager notifications, and the exit on fatal errors. */
@NullMarked
package io.blkwarden.commandline.service;

import org.jspecify.annotations.NullMarked;
