package io.blkwarden.controller.cli;

import io.blkwarden.model.HostId;
import io.blkwarden.model.message.OperatorRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a host that was taken out of service. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Removes a decommissioned host: deletes its stored map and resolves its alerts.",
      "Refused while its agent reports samples or may have a throttle in force.",
      "The host returns when its agent reports again."
    })
final class ForgetCommand extends RequestCommand {
  @Parameters(paramLabel = "HOST", description = "Host name as in 'blkwarden map', e.g. dom0-7.")
  String host = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "gone for good",
      description = "Reason, for the audit trail. Default: ${DEFAULT-VALUE}.")
  String reason = "";

  ForgetCommand(CommandContext context) {
    super(context);
  }

  @Override
  OperatorRequest request() {
    return request(reason, new OperatorRequest.Forget(new HostId(host)));
  }
}
