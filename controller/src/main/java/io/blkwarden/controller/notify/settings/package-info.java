/** Settings of notification receivers and their secrets; pure. */
@NullMarked
package io.blkwarden.controller.notify.settings;

import org.jspecify.annotations.NullMarked;
