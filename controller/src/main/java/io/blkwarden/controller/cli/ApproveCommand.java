package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Approves what a policy wants to do. */
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description =
        "Lets a proposal be carried out, if its breach still holds and every guard allows it.")
final class ApproveCommand implements Callable<Integer> {
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin ProposalOptions proposal = new ProposalOptions();

  ApproveCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    return Asking.ask(shell, nats, proposal.reason, new OperatorRequest.Approve(proposal.id()));
  }
}
