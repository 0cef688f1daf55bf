package io.blkwarden.controller.http;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A topic of event streams, sent as a whole whenever it changes.
 *
 * <p>Rendered once for all streams; not thread-safe.
 */
final class Topic {
  private final String name;
  private final LongSupplier revision;
  private final Supplier<Object> value;
  private long rendered = -1;
  private String text = "";

  /**
   * A topic.
   *
   * @param name the event name
   * @param revision changes with the value
   */
  Topic(String name, LongSupplier revision, Supplier<Object> value) {
    this.name = name;
    this.revision = revision;
    this.value = value;
  }

  long revision() {
    return revision.getAsLong();
  }

  /** The value as a server-sent event; JSON has no line breaks. */
  String event() {
    long now = revision.getAsLong();
    if (now != rendered) {
      text = "event: %s\ndata: %s\n\n".formatted(name, Api.json(value.get()));
      rendered = now;
    }
    return text;
  }
}
