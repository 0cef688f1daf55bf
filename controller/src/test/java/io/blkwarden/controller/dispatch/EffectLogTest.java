package io.blkwarden.controller.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import io.blkwarden.controller.engine.Effect;
import io.blkwarden.controller.snapshot.ControllerCounters;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.controller.throttle.Decision;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.HostId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.WorkerId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.model.message.Command;
import io.blkwarden.model.message.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The effect log and its keys, with any guest name. */
final class EffectLogTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HostId HOST = new HostId("dom0-7");
  private static final DomainRef EVIL =
      new DomainRef(new UUID(3, 4), 137, "vm\u001b[2J\"}\n{\"level\":\"ERROR\u0085\u202e\u2028\\");

  private final Logger log = (Logger) LoggerFactory.getLogger("blkwarden.decisions");
  private final List<String> lines = new ArrayList<>();
  private final LoggerContext shipped = new LoggerContext();
  private final AppenderBase<ILoggingEvent> tap =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          ConsoleAppender<ILoggingEvent> json =
              (ConsoleAppender<ILoggingEvent>)
                  shipped.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("json");
          lines.add(new String(json.getEncoder().encode(event), UTF_8));
        }
      };
  private final EffectLog effects = new EffectLog(new ControllerCounters());

  @BeforeEach
  void listen() throws Exception {
    tap.start();
    log.setLevel(Level.INFO);
    log.addAppender(tap);
    log.setAdditive(false);
    shipped.putProperty("blkwarden.log.format", "json");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(shipped);
    configurator.doConfigure(
        Objects.requireNonNull(EffectLogTest.class.getResource("/logback.xml")));
  }

  @AfterEach
  void stop() {
    log.detachAppender(tap);
    log.setLevel(null);
    log.setAdditive(true);
    shipped.stop();
  }

  /** A line as {@code --log-format json} writes it. */
  private JsonNode written(int line) {
    String text = lines.get(line);
    assertThat(text).endsWith("\n");
    assertThat(text.substring(0, text.length() - 1)).doesNotContainPattern("[\\p{C}\u2028]");
    return JSON.readTree(text);
  }

  private static Effect.SendCommand send(Restraint restraint) {
    CommandAction.Set set =
        new CommandAction.Set(
            Messages.id(2),
            EVIL,
            "xvda2",
            new UUID(1, 2),
            List.of(new WorkerId(27444, 982213)),
            restraint,
            60_000);
    return new Effect.SendCommand(
        new Command(Messages.id(1), HOST, 7, "c1", Messages.AT, 5_000, "it swaps", set));
  }

  @Test
  void logsWhatACommandSets() {
    effects.accept(send(Restraint.Priority.IDLE));
    effects.accept(send(new Restraint.Limit(20)));
    assertThat(written(0).path("formattedMessage").asString()).contains("/xvda2 to idle for 60000");
    assertThat(written(1).path("formattedMessage").asString())
        .contains("/xvda2 to limit 20/s for 60000");
  }

  @Test
  void logLinesHaveKeys() {
    effects.accept(send(Restraint.Priority.IDLE));
    effects.accept(new Effect.PublishAlert(Messages.alert(3, Alert.State.FIRING)));
    effects.accept(
        new Effect.RecordDecision(
            new Decision(
                Messages.AT,
                HOST,
                EVIL,
                "xvda2",
                "swap-storm",
                Decision.Verdict.REFUSE,
                Messages.id(2),
                "enough are throttled",
                Map.of("iops", 812.4))));

    assertThat(lines).hasSize(3);
    JsonNode sent = written(0);
    assertThat(sent.path("level").asString()).isEqualTo("INFO");
    assertThat(sent.path("loggerName").asString()).isEqualTo("blkwarden.decisions");
    assertThat(sent.path("timestamp").asLong()).isPositive();
    assertThat(sent.path("formattedMessage").asString()).startsWith("command ").contains("set vm");
    JsonNode keys = sent.path("mdc");
    assertThat(keys.path("host").asString()).isEqualTo("dom0-7");
    assertThat(keys.path("domain").asString())
        .isEqualTo("vm\\u001B[2J\"}\\u000A{\"level\":\"ERROR\\u0085\\u202E\\u2028\\\\");
    assertThat(keys.path("domain_uuid").asString()).isEqualTo(new UUID(3, 4).toString());
    assertThat(keys.path("disk").asString()).isEqualTo("xvda2");
    assertThat(keys.path("command").asString()).isEqualTo(Messages.id(1).toString());
    assertThat(keys.path("lease").asString()).isEqualTo(Messages.id(2).toString());
    JsonNode alert = written(1).path("mdc");
    assertThat(alert.path("alert").asString()).isEqualTo(Messages.id(3).toString());
    assertThat(alert.path("policy").asString()).isEqualTo("swap-storm");
    assertThat(alert.path("command").isMissingNode()).isTrue();
    assertThat(written(2).path("mdc").path("lease").asString())
        .isEqualTo(Messages.id(2).toString());
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }
}
