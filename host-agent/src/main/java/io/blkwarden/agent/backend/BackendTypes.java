package io.blkwarden.agent.backend;

import io.blkwarden.agent.backend.blkback.Blkback;
import io.blkwarden.agent.backend.qdisk.Qdisk;
import io.blkwarden.agent.backend.tapdisk.Tapdisk;
import io.blkwarden.agent.backend.type.BackendType;
import io.blkwarden.model.BackendKind;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All backend types. */
public final class BackendTypes {
  private static final List<BackendType> ALL =
      List.of(new Blkback(), new Tapdisk(), new Tapdisk.OldBlktap(), new Qdisk());

  private static final Map<BackendKind, BackendType> BY_KIND =
      ALL.stream().collect(Collectors.toUnmodifiableMap(BackendType::kind, Function.identity()));

  private BackendTypes() {}

  /** The type of a kind. */
  public static BackendType of(BackendKind kind) {
    BackendType type = BY_KIND.get(kind);
    if (type == null) {
      throw new IllegalArgumentException("backend: no type for kind " + kind.wire());
    }
    return type;
  }
}
