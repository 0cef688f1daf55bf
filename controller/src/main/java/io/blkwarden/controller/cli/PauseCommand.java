package io.blkwarden.controller.cli;

import io.blkwarden.model.message.OperatorReply;
import io.blkwarden.model.message.OperatorRequest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Pauses enforcement. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = {
      "Pauses enforcement until 'blkwarden resume': policies are evaluated and alerts published,",
      "but nothing is throttled, not even by hand. Active leases run until they expire.",
      "Applies to every controller and survives restarts. To end leases at once: release --all.",
      "The leader handles the request; exit code 1 if no controller answers."
    })
final class PauseCommand extends RequestCommand {
  @Mixin Reason.Required reason = new Reason.Required();

  PauseCommand(CommandContext context) {
    super(context);
  }

  @Override
  OperatorRequest request() {
    return request(reason.text, new OperatorRequest.PauseSet());
  }

  @Override
  @Nullable String json(OperatorReply reply) {
    return inForce(reply);
  }

  /** Resumes enforcement. */
  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Resumes enforcement: breaches in the next samples are acted on.")
  static final class Resume extends RequestCommand {
    Resume(CommandContext context) {
      super(context);
    }

    @Override
    OperatorRequest request() {
      return request("by hand", new OperatorRequest.PauseEnd());
    }

    @Override
    @Nullable String json(OperatorReply reply) {
      return ended(reply, "pause", null);
    }
  }
}
