/** Health, metrics and a read-only view over HTTP; the only package that knows the web server. */
@NullMarked
package io.blkwarden.controller.http;

import org.jspecify.annotations.NullMarked;
