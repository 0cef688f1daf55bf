package io.blkwarden.agent.xenstore;

import java.util.Arrays;
import java.util.Optional;

/**
 * The message types that the agent uses of the xenstore wire protocol ({@code enum
 * xsd_sockmsg_type}, xs_wire.h).
 */
enum XenOp {
  DIRECTORY(1),
  READ(2),
  WATCH(4),
  WATCH_EVENT(15),
  ERROR(16),
  DIRECTORY_PART(22);

  private static final XenOp[] ALL = values();

  private final int wire;

  XenOp(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  static Optional<XenOp> ofWire(int wire) {
    return Arrays.stream(ALL).filter(op -> op.wire == wire).findFirst();
  }
}
