package io.blkwarden.controller.cli;

import io.blkwarden.model.message.OperatorRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Releases throttles. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = "Releases the throttle of a disk, or all throttles of the fleet.")
final class ReleaseCommand extends RequestCommand {
  @ArgGroup(multiplicity = "1")
  Target target = new Target();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "released by hand",
      description = "Reason, for the audit trail. Default: ${DEFAULT-VALUE}.")
  String reason = "";

  /** One disk, or all. */
  static final class Target {
    @Parameters(paramLabel = DiskPath.LABEL, description = DiskPath.DESCRIPTION)
    @Nullable String disk;

    @Option(names = "--all", description = "Release all throttles of the fleet.")
    boolean all;
  }

  ReleaseCommand(CommandContext context) {
    super(context);
  }

  @Override
  OperatorRequest request() {
    if (target.disk == null) {
      return request(reason, new OperatorRequest.ReleaseAll());
    }
    DiskPath path = DiskPath.parse(target.disk);
    return request(reason, new OperatorRequest.Release(path.host(), path.domain(), path.disk()));
  }
}
