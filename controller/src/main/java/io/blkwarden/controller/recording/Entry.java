package io.blkwarden.controller.recording;

import io.blkwarden.model.Require;

/** One thing that a recording holds: a message, or the knowledge that some are missing. */
public sealed interface Entry {
  /** When it reached the recorder. */
  ReceiveTime at();

  /** A message as NATS delivered it, or a host's last snapshot as it was stored. */
  final class Message implements Entry {
    private final ReceiveTime at;
    private final boolean carried;
    private final String subject;
    private final byte[] payload;

    /**
     * Takes a message over; the payload is not copied and must not change.
     *
     * @param carried whether it is an older snapshot, put at a file's begin so that the file can be
     *     understood by itself
     * @param subject what it came on, without the installation's prefix, 1 to {@link
     *     RecordingFormat#SUBJECT_MAX} bytes of UTF-8
     * @param payload raw bytes, at most {@link RecordingFormat#PAYLOAD_MAX}
     */
    public Message(ReceiveTime at, boolean carried, String subject, byte[] payload) {
      this.at = Require.present(at, "at");
      this.carried = carried;
      this.subject = Require.text(subject, RecordingFormat.SUBJECT_MAX, "subject");
      this.payload = payload;
      Require.within(payload.length, 0, RecordingFormat.PAYLOAD_MAX, "payload (bytes)");
    }

    @Override
    public ReceiveTime at() {
      return at;
    }

    /** Whether it is an older snapshot, repeated here. */
    public boolean carried() {
      return carried;
    }

    /** What it came on, without the prefix, such as {@code sample.12.dom0-7}. */
    public String subject() {
      return subject;
    }

    /** The raw bytes; not to be changed. */
    public byte[] payload() {
      return payload;
    }

    @Override
    public String toString() {
      return "%s%s, %d bytes".formatted(carried ? "carried " : "", subject, payload.length);
    }
  }

  /**
   * Messages that the recorder knows to be missing before this place.
   *
   * @param at when it took note
   * @param samples sample batches that it had no room for, 0 or more
   * @param control other messages that it had no room for, 0 or more
   * @param disconnected whether the connection was lost, so that any number may be missing besides
   */
  record Loss(ReceiveTime at, long samples, long control, boolean disconnected) implements Entry {
    public Loss {
      Require.present(at, "at");
      Require.within(samples, 0, Long.MAX_VALUE, "samples");
      Require.within(control, 0, Long.MAX_VALUE, "control");
    }
  }
}
