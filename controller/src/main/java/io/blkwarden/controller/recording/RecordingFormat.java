package io.blkwarden.controller.recording;

import java.util.HexFormat;

/** Constants of the recording format, version 1, as {@code docs/REPLAY.md} lays it out. */
public final class RecordingFormat {
  /** Longest payload of one message, 8 MiB. */
  public static final int PAYLOAD_MAX = 8 << 20;

  /** Longest subject in bytes. */
  public static final int SUBJECT_MAX = 1_024;

  /** Ending of a recording's file name. */
  public static final String SUFFIX = ".bwrec";

  /** In place of a subject: the policy files that the recorder was given. */
  public static final String POLICIES = "policies";

  static final byte[] MAGIC = HexFormat.of().parseHex("89424b575245430a");
  static final int VERSION = 1;

  /** Bytes of a header before its prefix. */
  static final int HEADER_FIXED = 48;

  /** Longest header: a prefix of 100 bytes and the checksum. */
  static final int HEADER_MAX = HEADER_FIXED + 100 + 4;

  /** Length and checksum in front of a frame. */
  static final int FRAME_HEAD = 8;

  /** Longest frame behind its head. */
  static final int FRAME_MAX = PAYLOAD_MAX + SUBJECT_MAX + 64;

  /** Bytes after which the next frame is a sync point. */
  static final int SYNC_BYTES = 256 << 10;

  /** Time in µs after which it is. */
  static final long SYNC_MICROS = 10_000_000;

  static final byte[] SYNC_MARK = HexFormat.of().parseHex("f15bc9a04e7d3286aa1df08c57639be2");
  static final int SYNC_LENGTH = 1 + 16 + 24;

  static final int SYNC = 1;
  static final int MESSAGE = 2;
  static final int CARRIED = 3;
  static final int LOSS = 4;
  static final int END = 5;

  static final int DEFLATED = 1;

  /** Payloads shorter than this are never deflated. */
  static final int DEFLATE_MIN = 192;

  private RecordingFormat() {}
}
