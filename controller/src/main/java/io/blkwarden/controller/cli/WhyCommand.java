package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.bus.BusException;
import io.blkwarden.controller.bus.OperatorSession;
import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import io.blkwarden.controller.why.StoryJson;
import io.blkwarden.model.Printable;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Why something was done, or was not. */
@Command(
    name = "why",
    mixinStandardHelpOptions = true,
    description = {
      "Tells the story of a domain, a throttle, an alert or an incident in the order of its time:"
          + " which rule, with what numbers, what was done, what was refused and by which guard,"
          + " what it changed, and when it ended.",
      "Reads the streams BLKWARDEN_DECISIONS, BLKWARDEN_AUDIT and BLKWARDEN_ALERTS.",
      "Exit code 1 when nothing is known about it."
    })
final class WhyCommand implements Callable<Integer> {
  private final Shell shell;

  @Spec @Nullable CommandSpec spec;
  @Mixin NatsOptions nats = new NatsOptions();

  @Parameters(
      paramLabel = "DOMAIN|ID",
      description = "Name or UUID of a domain, or id of a throttle, alert or incident.")
  String about = "";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationText.class,
      description = "How far back, such as 30m, 24h or 7d. Default ${DEFAULT-VALUE}.")
  Duration since = Duration.ofHours(24);

  @Option(
      names = "--json",
      description = "Print one JSON object with every message that the story is made of.")
  boolean json;

  WhyCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    Question question = question();
    Story story;
    try (OperatorSession session =
        OperatorSession.open(nats.settings(shell, "cli"), new SecureRandom())) {
      story = session.story(question, Instant.now().minus(since), this::stopped);
    }
    if (json) {
      shell.out().println(StoryJson.of(about, story));
    } else {
      print(story);
    }
    return story.parts().isEmpty() ? ExitCodes.FAILED : ExitCodes.DONE;
  }

  private Question question() {
    try {
      return new Question(about);
    } catch (IllegalArgumentException e) {
      CommandSpec known = spec;
      throw known == null ? e : new ParameterException(known.commandLine(), e.getMessage(), e);
    }
  }

  private boolean stopped() {
    return Thread.currentThread().isInterrupted() || shell.out().checkError();
  }

  private void print(Story story) {
    if (story.parts().isEmpty()) {
      shell
          .err()
          .printf(
              "blkwarden: nothing was said about %s in the last %s: check the name with"
                  + " 'blkwarden map', or look further back with --since%n",
              Printable.of(about), DurationText.print(since));
      return;
    }
    if (story.leftOut() > 0) {
      shell.err().printf("%d older messages are left out%n", story.leftOut());
    }
    for (Story.Line line : story.lines()) {
      shell
          .out()
          .printf("%s  %s%n", line.at().truncatedTo(ChronoUnit.MILLIS), Printable.of(line.text()));
    }
  }
}
