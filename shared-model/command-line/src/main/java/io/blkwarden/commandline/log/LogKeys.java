package io.blkwarden.commandline.log;

import io.blkwarden.model.DomainRef;
import io.blkwarden.model.Printable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Structured keys of log lines ({@code --log-format json}): {@code host}, {@code domain}, {@code
 * domain_uuid}, {@code disk}, {@code policy}, {@code command}, {@code lease}, {@code alert}. Values
 * are escaped as in the line.
 */
public final class LogKeys implements AutoCloseable {
  private final List<String> keys = new ArrayList<>();

  /** No keys. */
  public LogKeys() {}

  /** Sets a key for log lines of this thread; null sets nothing. */
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

  /** Removes the keys. */
  @Override
  public void close() {
    keys.forEach(MDC::remove);
  }
}
