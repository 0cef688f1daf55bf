package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.OperatorInput;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bucket {@code blkwarden-silences} with silences, acknowledgements and the pause; only
 * controllers write it.
 */
final class SaidBucket {
  private static final Logger log = LoggerFactory.getLogger(SaidBucket.class);
  private static final String PAUSE = "pause";

  private SaidBucket() {}

  private static String key(OperatorInput input) {
    return switch (input) {
      case Silence silence -> "silence." + silence.id().value();
      case Ack ack -> "ack." + ack.about().value();
      case Pause _ -> PAUSE;
    };
  }

  /** The entries of the bucket; a pause that cannot be read counts as one. */
  static Said parse(Map<String, byte[]> values) {
    List<Silence> silences = new ArrayList<>();
    List<Ack> acks = new ArrayList<>();
    byte[] unread = values.get(PAUSE);
    Pause pause =
        unread == null ? null : new Pause("somebody", "the entry cannot be read", Instant.EPOCH);
    for (byte[] value : values.values()) {
      switch (ControlJson.decode(ControlMessage.class, value)) {
        case Decoded.Ok<ControlMessage>(Silence silence) -> silences.add(silence);
        case Decoded.Ok<ControlMessage>(Ack ack) -> acks.add(ack);
        case Decoded.Ok<ControlMessage>(Pause said) -> pause = said;
        case Decoded.Ok<ControlMessage> _ ->
            log.warn("{}: a message that does not belong there is ignored", JetStreamAssets.SAID);
        case Decoded.Malformed<ControlMessage> bad ->
            log.warn("{}: an entry cannot be read: {}", JetStreamAssets.SAID, bad.detail());
      }
    }
    return new Said(silences, acks, pause);
  }

  /**
   * Writes or deletes an entry and deletes those that are over; waits for the server.
   *
   * @return number of the bucket's last change, which is this one or a later one
   */
  static long store(Connection link, OperatorInput input, boolean set, List<OperatorInput> expired)
      throws IOException, JetStreamApiException, InterruptedException {
    KeyValue bucket = link.keyValue(JetStreamAssets.SAID, JetStreamAssets.bucketOptions());
    for (OperatorInput each : expired) {
      bucket.delete(key(each));
    }
    if (!expired.isEmpty()) {
      bucket.purgeDeletes();
    }
    if (set) {
      long _ = bucket.put(key(input), ControlJson.encode(input));
    } else {
      bucket.delete(key(input));
    }
    return bucket.getStatus().getBackingStreamInfo().getStreamState().getLastSequence();
  }
}
