/** Tells the story of a domain, a throttle or an alert from what was said about it; pure. */
@NullMarked
package io.blkwarden.controller.audit;

import org.jspecify.annotations.NullMarked;
