package io.blkwarden.agent.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.blkwarden.commandline.log.LogFormat;
import java.util.Optional;

/**
 * The agent's log: to stderr, as text or as JSON. In Java and not in XML, for to read that takes
 * hundreds of classes at each start. Does nothing where no program has said what form it wants.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class AgentLog extends ContextAwareBase implements Configurator {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} -"
          + " %replace(%msg){'[\\r\\n]+', ' | '}%n%ex{short}";

  /** Made by logback. */
  public AgentLog() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    String format = System.getProperty(LogFormat.PROPERTY);
    if (format == null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName(format);
    appender.setTarget("System.err");
    appender.setEncoder(format.equals("json") ? json(context) : text(context));
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level());
    root.addAppender(appender);
    context.getLogger("reactor").setLevel(Level.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** {@code BLKWARDEN_LOG}, a property or else of the environment. */
  private static Level level() {
    String asked =
        Optional.ofNullable(System.getProperty("BLKWARDEN_LOG"))
            .or(() -> Optional.ofNullable(System.getenv("BLKWARDEN_LOG")))
            .orElse("");
    return Level.toLevel(asked, Level.INFO);
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithKVPList(false);
    encoder.setWithMarkers(false);
    encoder.start();
    return encoder;
  }
}
