package io.blkwarden.controller.cli;

import io.blkwarden.model.MessageId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which proposal a person answers, and why. */
final class ProposalOptions {
  @Parameters(
      paramLabel = "ID",
      converter = IdConverter.class,
      description = "As 'blkwarden proposals' and the alert's note show it.")
  @Nullable MessageId id;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "by hand",
      description = "Why, for the record. Default: ${DEFAULT-VALUE}.")
  String reason = "by hand";

  MessageId id() {
    MessageId given = id;
    if (given == null) {
      throw new IllegalStateException("picocli gives the parameter or does not call");
    }
    return given;
  }
}
