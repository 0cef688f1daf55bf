package io.blkwarden.controller.cli;

import io.blkwarden.controller.bus.BusException;
import io.blkwarden.model.message.OperatorRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Denies what a policy wants to do. */
@Command(
    name = "deny",
    mixinStandardHelpOptions = true,
    description = "Refuses a proposal; its breach gets no other one before it is over.")
final class DenyCommand implements Callable<Integer> {
  private final Shell shell;

  @Mixin NatsOptions nats = new NatsOptions();
  @Mixin ProposalOptions proposal = new ProposalOptions();

  DenyCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws BusException {
    return Asking.ask(shell, nats, proposal.reason, new OperatorRequest.Deny(proposal.id()));
  }
}
