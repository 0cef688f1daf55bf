package io.blkwarden.controller.recording;

import java.util.HexFormat;

/** Constants of recording format version 1; see {@code docs/REPLAY.md}. */
public final class RecordingFormat {
  /** Maximum payload of a message, 8 MiB. */
  public static final int PAYLOAD_MAX = 8 << 20;

  /** Maximum length of a subject, in bytes. */
  public static final int SUBJECT_MAX = 1_024;

  /** File name extension. */
  public static final String SUFFIX = ".bwrec";

  /** Pseudo-subject of the recorded policy files. */
  public static final String POLICIES = "policies";

  static final byte[] MAGIC = HexFormat.of().parseHex("89424b575245430a");
  static final int VERSION = 1;

  /** Length of a header before the prefix. */
  static final int HEADER_FIXED = 48;

  /** Maximum header length: prefix of 100 bytes and checksum. */
  static final int HEADER_MAX = HEADER_FIXED + 100 + 4;

  /** Length of a frame head: length and checksum. */
  static final int FRAME_HEAD = 8;

  /** Maximum frame length without head. */
  static final int FRAME_MAX = PAYLOAD_MAX + SUBJECT_MAX + 64;

  /** Maximum number of bytes between sync points. */
  static final int SYNC_BYTES = 256 << 10;

  /** Maximum time between sync points, in µs. */
  static final long SYNC_MICROS = 10_000_000;

  static final byte[] SYNC_MARK = HexFormat.of().parseHex("f15bc9a04e7d3286aa1df08c57639be2");
  static final int SYNC_LENGTH = 1 + 16 + 24;

  static final int SYNC = 1;
  static final int MESSAGE = 2;
  static final int CARRIED = 3;
  static final int LOSS = 4;
  static final int END = 5;

  static final int DEFLATED = 1;

  /** Minimum payload length for deflating. */
  static final int DEFLATE_MIN = 192;

  private RecordingFormat() {}
}
