package io.blkwarden.model;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** An enum constant whose name in messages is its own in lower case, with {@code -}. */
public interface WireName {
  /** The name of the constant. */
  String name();

  /** Name in messages, subjects and policies. */
  @JsonValue
  default String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
