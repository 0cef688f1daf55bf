package io.blkwarden.controller.cli;

import io.blkwarden.commandline.Complaint;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.log.LogQueue;
import io.blkwarden.controller.nats.NatsException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Tells what became of a command that failed, in one form for all of them.
 *
 * @param debug whether an unexpected error is to be told with where it came from
 */
record CommandErrors(CommandContext context, BooleanSupplier debug)
    implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** A command line that picocli cannot read. */
  @Override
  public int handleParseException(ParameterException e, String[] words) {
    return context.complain(Complaint.of(e), ExitCodes.USAGE);
  }

  /** A command that threw. */
  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return switch (e) {
      case UsageException misuse ->
          context.complain(
              new Complaint(String.valueOf(misuse.getMessage()), Complaint.help(command)),
              ExitCodes.USAGE);
      case NatsException bus -> context.complain(bus.complaint(), ExitCodes.FAILED);
      default -> {
        LogQueue.drain(); // what it logged before is what a report needs
        if (debug.getAsBoolean()) {
          e.printStackTrace(context.err());
        }
        yield context.failed(
            "unexpected: " + e,
            debug.getAsBoolean()
                ? "report it with what is above"
                : "run it again as 'blkwarden --debug ...' and report what it says");
      }
    };
  }
}
