/** Notifications over HTTP; the only package with an HTTP client. */
@NullMarked
package io.blkwarden.controller.notify;

import org.jspecify.annotations.NullMarked;
