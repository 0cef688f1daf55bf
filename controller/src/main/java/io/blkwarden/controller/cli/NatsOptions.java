package io.blkwarden.controller.cli;

import io.blkwarden.commandline.nats.ConnectionOptions;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.model.subject.Subjects;

/** The options of the NATS connection. */
final class NatsOptions extends ConnectionOptions {
  /** Opens a session with the controller. */
  OperatorSession connect() throws NatsException {
    return OperatorSession.open(settings("cli"));
  }

  /** The settings of a connection of this name. */
  NatsSettings settings(String instance) {
    return UsageException.wrap(
        () -> new NatsSettings(servers(), credentials(), ca(), new Subjects(prefix()), instance));
  }
}
