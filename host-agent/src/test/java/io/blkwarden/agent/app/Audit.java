package io.blkwarden.agent.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.blkwarden.model.subject.Subjects;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;

/** The audit stream, as created by a controller. */
final class Audit {
  private static final String NAME = "BLKWARDEN_AUDIT";

  private final JetStreamManagement streams;

  /** Creates it. */
  Audit(Connection manager) throws Exception {
    streams = manager.jetStreamManagement();
    streams.addStream(
        StreamConfiguration.builder()
            .name(NAME)
            .subjects(Subjects.DEFAULT.allOutcomes())
            .storageType(StorageType.File)
            .build());
  }

  /** The number of stored outcomes. */
  long stored() throws Exception {
    return streams.getStreamInfo(NAME).getStreamState().getMsgCount();
  }

  /** An outcome by its sequence number, from 1. */
  String message(int number) throws Exception {
    return new String(streams.getMessage(NAME, number).getData(), UTF_8);
  }
}
