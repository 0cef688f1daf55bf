/** What people said that holds beyond a request: silences, acks and a pause; pure. */
@NullMarked
package io.blkwarden.controller.silence;

import org.jspecify.annotations.NullMarked;
