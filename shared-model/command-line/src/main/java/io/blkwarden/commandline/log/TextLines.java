package io.blkwarden.commandline.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import io.blkwarden.model.Printable;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The text format of the log: a line per event, and lines for its exception. Control characters are
 * escaped, so that guest-controlled text cannot forge lines or send control sequences.
 */
public final class TextLines extends EncoderBase<ILoggingEvent> {
  private static final String PATTERN = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";
  private static final int CAUSES_MAX = 10;

  private final DateTimeFormatter times;

  /** Creates an encoder with times in UTC. */
  public TextLines() {
    this(ZoneOffset.UTC);
  }

  /** Creates an encoder with times of a zone. */
  public TextLines(ZoneId zone) {
    times = DateTimeFormatter.ofPattern(PATTERN).withZone(zone);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    StringBuilder lines = new StringBuilder(128);
    String logger = event.getLoggerName();
    lines
        .append(times.format(event.getInstant()))
        .append(" %-5s ".formatted(event.getLevel()))
        .append(logger, logger.lastIndexOf('.') + 1, logger.length())
        .append(" - ")
        .append(Printable.line(String.valueOf(event.getFormattedMessage())))
        .append('\n');
    IThrowableProxy cause = event.getThrowableProxy();
    for (int n = 0; cause != null && n < CAUSES_MAX; n++) {
      lines.append(n == 0 ? "" : "Caused by: ").append(cause.getClassName());
      if (cause.getMessage() != null) {
        lines.append(": ").append(Printable.line(cause.getMessage()));
      }
      lines.append('\n');
      if (cause.getStackTraceElementProxyArray().length > 0) {
        lines.append("\t").append(cause.getStackTraceElementProxyArray()[0]).append('\n');
      }
      cause = cause.getCause();
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }
}
