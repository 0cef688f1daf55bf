package io.blkwarden.agent.xenstore;

import java.util.Optional;

/** Message types of the xenstore wire protocol ({@code enum xsd_sockmsg_type}, xs_wire.h). */
enum XenOp {
  CONTROL(0),
  DIRECTORY(1),
  READ(2),
  GET_PERMS(3),
  WATCH(4),
  UNWATCH(5),
  TRANSACTION_START(6),
  TRANSACTION_END(7),
  INTRODUCE(8),
  RELEASE(9),
  GET_DOMAIN_PATH(10),
  WRITE(11),
  MKDIR(12),
  RM(13),
  SET_PERMS(14),
  WATCH_EVENT(15),
  ERROR(16),
  IS_DOMAIN_INTRODUCED(17),
  RESUME(18),
  SET_TARGET(19),
  RESET_WATCHES(21),
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
    for (XenOp op : ALL) {
      if (op.wire == wire) {
        return Optional.of(op);
      }
    }
    return Optional.empty();
  }
}
