/** Dashboard, API, health checks and metrics over HTTP; the only package with the web server. */
@NullMarked
package io.blkwarden.controller.http;

import org.jspecify.annotations.NullMarked;
