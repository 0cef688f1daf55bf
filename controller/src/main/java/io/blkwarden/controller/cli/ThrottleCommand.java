package io.blkwarden.controller.cli;

import io.blkwarden.commandline.DurationText;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Throttles a disk by hand. */
@Command(
    name = "throttle",
    mixinStandardHelpOptions = true,
    description = {
      "Lowers the I/O priority of the threads that serve a disk, or limits them, for a time.",
      "Guards hold for people too: a disk whose threads are not proven is refused (exit code 3)."
    })
final class ThrottleCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @Parameters(
      paramLabel = "HOST/DOMAIN/DISK",
      converter = DiskPath.Converter.class,
      description = "Such as dom0-7/vm176/xvda2; the domain by name or UUID.")
  @Nullable DiskPath disk;

  @ArgGroup(multiplicity = "0..1")
  @Nullable How how;

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      defaultValue = "10m",
      converter = DurationText.class,
      description = "How long, 1s to 1h; it ends by itself. Default ${DEFAULT-VALUE}.")
  Duration lease = Duration.ofMinutes(10);

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record.")
  String reason = "";

  ThrottleCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    DiskPath path = Objects.requireNonNull(disk, "picocli gives it, or does not call");
    OperatorRequest.Throttle ask =
        UsageException.unless(() ->
            new OperatorRequest.Throttle(
                path.host(), path.domain(), path.disk(), restraint(), lease.toMillis()));
    return RequestRunner.ask(context, nats, reason, ask, asJson.json);
  }

  private Restraint restraint() {
    How given = how;
    if (given == null) {
      return Restraint.Priority.IDLE;
    }
    return given.limit == null ? given.priority : given.limit;
  }

  /** One way to hold a disk back. */
  static final class How {
    @Option(
        names = "--priority",
        paramLabel = "PRIORITY",
        converter = Priority.class,
        description = "idle or best-effort/0..7. Default idle.")
    Restraint.Priority priority = Restraint.Priority.IDLE;

    @Option(
        names = "--limit",
        paramLabel = "N/s",
        converter = Limit.class,
        description = "So many reads and so many writes a second, 10/s to 100000/s.")
    Restraint.@Nullable Limit limit;
  }

  /** Reads a priority. */
  static final class Priority implements ITypeConverter<Restraint.Priority> {
    @Override
    public Restraint.Priority convert(String text) {
      return switch (parsed(text, text)) {
        case Restraint.Priority priority -> priority;
        case Restraint.Limit _ ->
            throw new TypeConversionException("expected a priority; a limit is given by --limit");
      };
    }
  }

  /** Reads a limit. */
  static final class Limit implements ITypeConverter<Restraint.Limit> {
    @Override
    public Restraint.Limit convert(String text) {
      return switch (parsed("limit " + text, text)) {
        case Restraint.Limit limit -> limit;
        case Restraint.Priority priority ->
            throw new TypeConversionException("expected a limit such as 20/s, found " + priority);
      };
    }
  }

  private static Restraint parsed(String text, String given) {
    try {
      return Restraint.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "expected idle, best-effort/0..7, or a limit of 10/s to 100000/s, found '%s'"
              .formatted(given));
    }
  }
}
