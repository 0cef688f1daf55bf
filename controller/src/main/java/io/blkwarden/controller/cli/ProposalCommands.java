package io.blkwarden.controller.cli;

import io.blkwarden.commandline.Table;
import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists, approves and denies proposals of policies in mode {@code approve}. */
final class ProposalCommands {
  private ProposalCommands() {}

  /** Lists the pending proposals. */
  @Command(
      name = "proposals",
      mixinStandardHelpOptions = true,
      description = "Lists throttles that policies in mode approve propose, pending approval.")
  static final class Pending extends RequestCommand {
    Pending(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest request() {
      return request("list proposals", new OperatorRequest.Proposals());
    }

    @Override
    void print(OperatorReply reply, PrintWriter out) {
      Table table =
          new Table(
              "ID", "HOST", "DOMAIN", "DISK", "WOULD SET", "POLICY", "EXPIRES", "APPROVED BY");
      List<OperatorReply.Proposal> proposals = reply.proposals();
      if (proposals != null) {
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
        table.print(out);
      }
      super.print(reply, out);
    }
  }

  /** Approves or denies a proposal. */
  abstract static sealed class Answer extends RequestCommand {
    @Parameters(
        paramLabel = "ID",
        description = "ID of a proposal, from 'blkwarden proposals' or the alert's note.")
    String id = "";

    @Mixin Reason.Optional reason = new Reason.Optional();

    private Answer(CommandContext context) {
      super(context);
    }
  }

  /** Approves a proposal. */
  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description =
          "Approves a proposal: it is carried out if the threshold is still exceeded and every"
              + " safety check passes.")
  static final class Approve extends Answer {
    Approve(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest request() {
      return request(reason.text, new OperatorRequest.Approve(id(id)));
    }
  }

  /** Denies a proposal. */
  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Denies a proposal; there is no new one until the breach has ended.")
  static final class Deny extends Answer {
    Deny(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest request() {
      return request(reason.text, new OperatorRequest.Deny(id(id)));
    }
  }
}
