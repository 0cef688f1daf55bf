/** Pages over HTTP; the only package that knows an HTTP client. */
@NullMarked
package io.blkwarden.controller.notify;

import org.jspecify.annotations.NullMarked;
