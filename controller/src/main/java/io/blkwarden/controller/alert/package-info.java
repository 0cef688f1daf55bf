/** The life of an alert: its states, what suppresses its notifications, and its text. */
@NullMarked
package io.blkwarden.controller.alert;

import org.jspecify.annotations.NullMarked;
