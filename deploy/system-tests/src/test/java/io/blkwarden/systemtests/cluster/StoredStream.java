package io.blkwarden.systemtests.cluster;

import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.ControlMessage;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** All messages of a stream, read individually from the leader of its replicas. */
final class StoredStream<T extends ControlMessage> {
  private final Connection link;
  private final String name;
  private final Class<T> type;
  private final List<T> found = new ArrayList<>();
  private long read;

  StoredStream(Connection link, String name, Class<T> type) {
    this.link = link;
    this.name = name;
    this.type = type;
  }

  /** Reads new messages; returns all messages in order. */
  List<T> messages() throws IOException, JetStreamApiException {
    JetStreamManagement streams = link.jetStreamManagement();
    long last = streams.getStreamInfo(name).getStreamState().getLastSequence();
    while (read < last) {
      byte[] data = Objects.requireNonNull(streams.getMessage(name, read + 1).getData());
      if (!(ControlJson.decode(type, data) instanceof Decoded.Ok<T>(T message))) {
        throw new AssertionError("%s: message %d cannot be read".formatted(name, read + 1));
      }
      found.add(message);
      read++;
    }
    return List.copyOf(found);
  }
}
