package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists what policies want to do and nobody approved yet. */
@Command(
    name = "proposals",
    mixinStandardHelpOptions = true,
    description = "Lists what policies in mode approve wait for.")
final class ProposalsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin NatsOptions nats = new NatsOptions();

  @Option(names = "--json", description = "Print the controller's answer as it is.")
  boolean json;

  ProposalsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() throws NatsException {
    OperatorReply reply =
        RequestRunner.request(context, nats, "to look at them", new OperatorRequest.Proposals());
    List<OperatorReply.Proposal> proposals = reply.proposals();
    if (json) {
      context.out().println(AsciiJson.line(reply));
      return RequestRunner.code(reply);
    }
    if (proposals == null) {
      return RequestRunner.tell(context, reply);
    }
    Table table =
        new Table("ID", "HOST", "DOMAIN", "DISK", "WOULD SET", "POLICY", "EXPIRES", "APPROVED BY");
    for (OperatorReply.Proposal each : proposals) {
      table.row(
          List.of(
              each.id().value(),
              each.host().value(),
              each.domain().name(),
              each.disk(),
              each.restraint().toString(),
              each.policy(),
              each.expires().toString(),
              Objects.requireNonNullElse(each.approvedBy(), "-")));
    }
    table.print(context.out());
    return RequestRunner.tell(context, reply);
  }
}
