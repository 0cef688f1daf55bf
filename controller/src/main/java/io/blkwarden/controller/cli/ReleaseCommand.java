package io.blkwarden.controller.cli;

import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Ends throttles by hand. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Ends the throttle of a disk, or all throttles of the fleet.")
final class ReleaseCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin JsonOutput asJson = new JsonOutput();

  @ArgGroup(multiplicity = "1")
  Target target = new Target();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "released by hand",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "released by hand";

  /** What to release. */
  static final class Target {
    @Parameters(
        paramLabel = "HOST/DOMAIN/DISK",
        converter = DiskPath.Converter.class,
        description = "Such as dom0-7/vm176/xvda2; the domain by name or UUID.")
    @Nullable DiskPath disk;

    @Option(names = "--all", description = "Everything in the fleet.")
    boolean all;
  }

  ReleaseCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    DiskPath path = target.disk;
    return RequestRunner.ask(
        context,
        nats,
        reason,
        path == null
            ? new OperatorRequest.ReleaseAll()
            : new OperatorRequest.Release(path.host(), path.domain(), path.disk()),
        asJson.json);
  }
}
