/** The audit trail of a domain, throttle, alert or incident; pure. */
@NullMarked
package io.blkwarden.controller.audit;

import org.jspecify.annotations.NullMarked;
