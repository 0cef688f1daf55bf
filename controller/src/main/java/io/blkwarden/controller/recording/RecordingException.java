package io.blkwarden.controller.recording;

import java.io.IOException;
import java.io.Serial;

/** A file is not a recording of a supported version. */
public final class RecordingException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  RecordingException(String message) {
    super(message);
  }
}
