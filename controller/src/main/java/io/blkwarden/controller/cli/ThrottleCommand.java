package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.message.OperatorRequest;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Throttles a disk by hand. */
@Command(
    name = "throttle",
    mixinStandardHelpOptions = true,
    description = {
      "Lowers the I/O priority of the threads that serve a disk, for a time.",
      "Guards hold for people too: a disk whose threads are not proven is refused (exit code 3)."
    })
final class ThrottleCommand implements Callable<Integer> {
  private final Shell shell;

  @Spec @Nullable CommandSpec spec;
  @Mixin NatsOptions nats = new NatsOptions();

  @Parameters(
      paramLabel = "HOST/DOMAIN/DISK",
      converter = DiskPath.Converter.class,
      description = "Such as dom0-7/vm176/xvda2; the domain by name or UUID.")
  @Nullable DiskPath disk;

  @Option(
      names = "--priority",
      paramLabel = "PRIORITY",
      defaultValue = "idle",
      converter = Priority.class,
      description = "idle or best-effort/0..7. Default ${DEFAULT-VALUE}.")
  IoPriority priority = IoPriority.IDLE;

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

  ThrottleCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    CommandSpec known = spec;
    DiskPath path = disk;
    if (path == null || known == null) {
      return ExitCodes.USAGE;
    }
    OperatorRequest.Throttle ask;
    try {
      ask =
          new OperatorRequest.Throttle(
              path.host(), path.domain(), path.disk(), priority, lease.toMillis());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(known.commandLine(), String.valueOf(e.getMessage()), e);
    }
    return Asking.ask(shell, nats, reason, ask);
  }

  /** Reads a priority. */
  static final class Priority implements ITypeConverter<IoPriority> {
    @Override
    public IoPriority convert(String text) {
      try {
        IoPriority parsed = IoPriority.parse(text);
        return switch (parsed.ioClass()) {
          case IDLE, BEST_EFFORT -> parsed;
          case NONE, REALTIME ->
              throw new TypeConversionException(
                  "expected idle or best-effort/0..7, found '%s'".formatted(text));
        };
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
