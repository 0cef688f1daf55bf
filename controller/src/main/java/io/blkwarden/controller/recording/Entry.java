package io.blkwarden.controller.recording;

import io.blkwarden.controller.recording.FileHeader.ReceiveTime;
import io.blkwarden.model.Require;

/** An entry of a recording: a message, or a record of missing messages. */
public sealed interface Entry {
  /** Pseudo-subject of the recorded policy files. */
  String POLICIES = "policies";

  /** Maximum payload of a message, 8 MiB. */
  int PAYLOAD_MAX = 8 << 20;

  /** Maximum length of a subject, in bytes. */
  int SUBJECT_MAX = 1_024;

  /** When the recorder received it. */
  ReceiveTime at();

  /** A message as NATS delivered it, or the last snapshot of a host. */
  final class Message implements Entry {
    private final ReceiveTime at;
    private final boolean carried;
    private final String subject;
    private final byte[] payload;

    /**
     * A message; the payload is not copied and must not change.
     *
     * @param carried whether it is an older snapshot, repeated at the start of a file so that the
     *     file is self-contained
     * @param subject subject without prefix, 1 to {@link #SUBJECT_MAX} bytes of UTF-8
     * @param payload at most {@link #PAYLOAD_MAX} bytes
     */
    public Message(ReceiveTime at, boolean carried, String subject, byte[] payload) {
      this.at = at;
      this.carried = carried;
      this.subject = Require.text(subject, SUBJECT_MAX, "subject");
      this.payload = payload;
      Require.within(payload.length, 0, PAYLOAD_MAX, "payload (bytes)");
    }

    @Override
    public ReceiveTime at() {
      return at;
    }

    /** Whether it is an older snapshot, repeated at the start of a file. */
    public boolean carried() {
      return carried;
    }

    /** The subject without prefix, such as {@code sample.12.dom0-7}. */
    public String subject() {
      return subject;
    }

    /** Whether it is a sample batch. */
    public boolean sample() {
      return subject.startsWith("sample.");
    }

    /** The raw bytes; must not be changed. */
    public byte[] payload() {
      return payload;
    }

    @Override
    public String toString() {
      return "%s%s, %d bytes".formatted(carried ? "carried " : "", subject, payload.length);
    }
  }

  /**
   * Messages missing before this entry.
   *
   * @param at when it was recorded
   * @param samples dropped sample batches, 0 or more
   * @param control other dropped messages, 0 or more
   * @param disconnected whether the connection was lost, so that more may be missing
   */
  record Loss(ReceiveTime at, long samples, long control, boolean disconnected) implements Entry {
    public Loss {
      Require.within(samples, 0, Long.MAX_VALUE, "samples");
      Require.within(control, 0, Long.MAX_VALUE, "control");
    }
  }
}
