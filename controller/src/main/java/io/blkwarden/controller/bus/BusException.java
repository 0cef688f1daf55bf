package io.blkwarden.controller.bus;

import java.io.Serial;

/** NATS could not do what was asked; the message says why and what to do next. */
public final class BusException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BusException(String message) {
    super(message);
  }

  BusException(String message, Throwable cause) {
    super(message, cause);
  }
}
