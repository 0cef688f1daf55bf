package io.blkwarden.controller.http;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Something that changes and is shown whole, so that who misses a change misses nothing.
 *
 * <p>Rendered once for all who look; for one thread.
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
   * @param name the event's name
   * @param revision another number whenever the value is another
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
