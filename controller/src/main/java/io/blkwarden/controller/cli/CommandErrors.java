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
 * Prints the errors of all commands in one form.
 *
 * @param debug whether to print stack traces of unexpected errors
 */
record CommandErrors(CommandContext context, BooleanSupplier debug)
    implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] words) {
    return context.error(Complaint.of(e), ExitCodes.USAGE);
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return switch (e) {
      case UsageException misuse ->
          context.error(
              new Complaint(String.valueOf(misuse.getMessage()), Complaint.help(command)),
              ExitCodes.USAGE);
      case NatsException bus -> context.error(bus.complaint(), ExitCodes.FAILED);
      default -> {
        LogQueue.drain();
        if (debug.getAsBoolean()) {
          e.printStackTrace(context.err());
        }
        yield context.failed(
            "unexpected error: " + e,
            debug.getAsBoolean()
                ? "report it with the stack trace above"
                : "run it again as 'blkwarden --debug ...' and report the output");
      }
    };
  }
}
