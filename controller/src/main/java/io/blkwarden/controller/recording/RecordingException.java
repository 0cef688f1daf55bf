package io.blkwarden.controller.recording;

import java.io.IOException;
import java.io.Serial;

/** A file is no recording, or none that this version reads; the message says what was found. */
public final class RecordingException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  RecordingException(String message) {
    super(message);
  }
}
