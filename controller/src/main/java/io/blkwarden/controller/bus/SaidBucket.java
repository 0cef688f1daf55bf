package io.blkwarden.controller.bus;

import io.blkwarden.controller.said.Said;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.Ack;
import io.blkwarden.model.message.ControlMessage;
import io.blkwarden.model.message.Pause;
import io.blkwarden.model.message.Silence;
import io.nats.client.JetStreamApiException;
import io.nats.client.KeyValue;
import io.nats.client.api.KeyValueEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people said, in the bucket {@code blkwarden-silences}; each call waits for the server. */
public final class SaidBucket {
  private static final Logger log = LoggerFactory.getLogger(SaidBucket.class);
  private static final String PAUSE = "pause";

  private final KeyValue bucket;
  private final Function<Exception, BusException> explain;

  /**
   * What people said.
   *
   * @param explain says why a call failed, and what to do about it
   */
  SaidBucket(KeyValue bucket, Function<Exception, BusException> explain) {
    this.bucket = bucket;
    this.explain = explain;
  }

  private static String silenceKey(MessageId id) {
    return "silence." + id.value();
  }

  private static String ackKey(MessageId about) {
    return "ack." + about.value();
  }

  /** What a bucket says; a pause that cannot be read is one all the same. */
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

  /** The silences, those that end first in front; ended ones too while they are kept. */
  public List<Silence> silences() throws BusException {
    List<Silence> found = new ArrayList<>();
    for (ControlMessage each : all()) {
      if (each instanceof Silence silence) {
        found.add(silence);
      }
    }
    found.sort(Comparator.comparing(Silence::until));
    return found;
  }

  /** Adds a silence, and forgets those that are over; refuses it at the bound. */
  public void add(Silence silence) throws BusException {
    tidy(silence.at());
    if (silences().size() >= Said.SILENCES_MAX) {
      throw new BusException(
          "%d silences hold already".formatted(Said.SILENCES_MAX),
          "end some with 'blkwarden silence expire ID'");
    }
    put(silenceKey(silence.id()), silence);
  }

  /** Ends a silence; false when there is none of this id. */
  public boolean endSilence(MessageId id) throws BusException {
    return remove(silenceKey(id));
  }

  /** Acknowledges, and forgets acks that count no more; refuses it at the bound. */
  public void add(Ack ack) throws BusException {
    tidy(ack.at());
    long acks = all().stream().filter(Ack.class::isInstance).count();
    if (acks >= Said.ACKS_MAX) {
      throw new BusException(
          "%d acks stand already".formatted(Said.ACKS_MAX),
          "take some back with 'blkwarden ack --undo ID'");
    }
    put(ackKey(ack.about()), ack);
  }

  /** Takes an ack back; false when there is none. */
  public boolean endAck(MessageId about) throws BusException {
    return remove(ackKey(about));
  }

  /** Pauses acting. */
  public void set(Pause pause) throws BusException {
    put(PAUSE, pause);
  }

  /** Who paused acting, if anybody did. */
  public Optional<Pause> pause() throws BusException {
    return all().stream().filter(Pause.class::isInstance).map(Pause.class::cast).findFirst();
  }

  /** Ends a pause; false when there is none. */
  public boolean endPause() throws BusException {
    return remove(PAUSE);
  }

  private void tidy(Instant now) throws BusException {
    for (ControlMessage each : all()) {
      if (each instanceof Silence silence && !silence.until().isAfter(now)) {
        boolean _ = remove(silenceKey(silence.id()));
      } else if (each instanceof Ack ack && !ack.at().plus(Ack.LONGEST).isAfter(now)) {
        boolean _ = remove(ackKey(ack.about()));
      }
    }
    server(() -> {
      bucket.purgeDeletes();
      return true;
    });
  }

  private List<ControlMessage> all() throws BusException {
    return server(() -> {
      List<ControlMessage> found = new ArrayList<>();
      for (String key : bucket.keys()) {
        ControlMessage message = read(bucket.get(key));
        if (message != null) {
          found.add(message);
        }
      }
      return found;
    });
  }

  private static @Nullable ControlMessage read(@Nullable KeyValueEntry entry) {
    byte[] value = entry == null ? null : entry.getValue();
    return value != null
            && ControlJson.decode(ControlMessage.class, value)
                instanceof Decoded.Ok<ControlMessage>(ControlMessage message)
        ? message
        : null;
  }

  private void put(String key, ControlMessage message) throws BusException {
    long _ = server(() -> bucket.put(key, ControlJson.encode(message)));
  }

  private boolean remove(String key) throws BusException {
    return server(() -> {
      KeyValueEntry entry = bucket.get(key);
      if (entry == null || entry.getValue() == null) {
        return false;
      }
      bucket.delete(key);
      return true;
    });
  }

  private interface Call<T> {
    T run() throws IOException, JetStreamApiException, InterruptedException;
  }

  private <T> T server(Call<T> call) throws BusException {
    try {
      return call.run();
    } catch (IOException | JetStreamApiException e) {
      throw explain.apply(e);
    } catch (InterruptedException e) {
      throw BusException.interrupted(e);
    }
  }
}
