package io.blkwarden.controller.cli;

import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Acknowledges an alert or an incident, or withdraws the acknowledgement. */
@Command(
    name = "ack",
    mixinStandardHelpOptions = true,
    description = {
      "Acknowledges an alert, or all alerts of an incident: they send no more notifications.",
      "Acknowledged alerts are still published on NATS, with your name."
    })
final class AckCommand extends RequestCommand {
  @Mixin Reason.Optional reason = new Reason.Optional();

  @Parameters(
      paramLabel = "ID",
      description = "ID of an alert or incident, from 'blkwarden alerts --json'.")
  String id = "";

  @Option(names = "--undo", description = "Withdraw the acknowledgement.")
  boolean undo;

  AckCommand(CommandContext context) {
    super(context);
  }

  @Override
  OperatorRequest request() {
    return undo
        ? request("by hand", new OperatorRequest.AckUndo(id(id)))
        : request(reason.text, new OperatorRequest.AckAdd(id(id)));
  }

  @Override
  @Nullable String json(OperatorReply reply) {
    return undo ? ended(reply, "ack", id(id)) : inForce(reply);
  }
}
