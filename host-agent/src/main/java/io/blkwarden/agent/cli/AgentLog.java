package io.blkwarden.agent.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LogbackServiceProvider;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import io.blkwarden.commandline.log.JsonLines;
import io.blkwarden.commandline.log.LogFormat;
import io.blkwarden.commandline.log.LogQueue;
import io.blkwarden.commandline.log.TextLines;
import java.time.ZoneId;
import java.util.Optional;

/**
 * The log on stderr, as text or JSON. It is configured in code and named to SLF4J, because XML
 * configuration and provider discovery slow down each start.
 */
public final class AgentLog extends LogbackServiceProvider {
  private static final String NAME = "agent";

  /**
   * Selects the format; call this before anything is logged.
   *
   * @param format {@code text} or {@code json}
   */
  public static void begin(String format) {
    System.setProperty(LogFormat.PROPERTY, format);
    System.setProperty("slf4j.provider", AgentLog.class.getName());
    System.setProperty("slf4j.internal.verbosity", "WARN"); // or it logs which provider it uses
  }

  /** Makes logging asynchronous; {@link #end} must be called at the end. */
  static void makeAsynchronous() {
    LogQueue.install(NAME);
  }

  /** Writes queued lines for at most a second, and ends the log. */
  static void end() {
    LogQueue.drain();
  }

  @Override
  public void initialize() {
    String format = System.getProperty(LogFormat.PROPERTY, "text");
    LoggerContext context = (LoggerContext) getLoggerFactory();
    context.setName(NAME);
    context.setMDCAdapter(getMDCAdapter());
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName(format);
    appender.setTarget("System.err");
    Encoder<ILoggingEvent> encoder =
        format.equals("json") ? new JsonLines() : new TextLines(ZoneId.systemDefault());
    encoder.setContext(context);
    encoder.start();
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level());
    root.addAppender(appender);
    context.getLogger("reactor").setLevel(Level.WARN);
    context.start();
  }

  /** The level in {@code BLKWARDEN_LOG}: a system property, else an environment variable. */
  private static Level level() {
    String level =
        Optional.ofNullable(System.getProperty("BLKWARDEN_LOG"))
            .or(() -> Optional.ofNullable(System.getenv("BLKWARDEN_LOG")))
            .orElse("");
    return Level.toLevel(level, Level.INFO);
  }
}
