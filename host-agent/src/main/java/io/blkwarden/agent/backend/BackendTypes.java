package io.blkwarden.agent.backend;

import io.blkwarden.agent.backend.blkback.Blkback;
import io.blkwarden.agent.backend.qdisk.Qdisk;
import io.blkwarden.agent.backend.tapdisk.Tapdisk;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.model.BackendKind;

/** All backend types. */
public final class BackendTypes {
  private BackendTypes() {}

  /** The type of a kind. */
  public static BackendType of(BackendKind kind) {
    return switch (kind) {
      case VBD -> new Blkback();
      case VBD3 -> new Tapdisk();
      case TAP -> new Tapdisk.OldBlktap();
      case QDISK -> new Qdisk();
    };
  }
}
