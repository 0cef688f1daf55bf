/** The central service that decides which disk to throttle, and the operator's commands. */
@NullMarked
package io.blkwarden.controller;

import org.jspecify.annotations.NullMarked;
