package io.blkwarden.commandline.log;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What a line of the log is about, for logs that programs read ({@code --log-format json}): {@code
 * host}, {@code domain}, {@code domain_uuid}, {@code disk}, {@code policy}, {@code command}, {@code
 * lease}, {@code alert}. Names are made safe as they are in the line itself.
 */
public final class LogKeys implements AutoCloseable {
  private final List<String> keys = new ArrayList<>();

  /** No keys yet. */
  public LogKeys() {}

  /** Sets a key for the lines of this thread; nothing is set for an absent value. */
  public LogKeys put(String key, @Nullable Object value) {
    if (value != null) {
      MDC.put(key, Printable.of(value.toString()));
      keys.add(key);
    }
    return this;
  }

  /** Sets the keys of a domain. */
  public LogKeys put(@Nullable DomainRef domain) {
    return domain == null ? this : put("domain", domain.name()).put("domain_uuid", domain.uuid());
  }

  /** Takes the keys away again. */
  @Override
  public void close() {
    keys.forEach(MDC::remove);
  }
}
