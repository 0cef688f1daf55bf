package io.blkwarden.controller.nats;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import java.io.IOException;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

/** Reads the last messages of a stream; blocks. */
final class StreamTail {
  private final JetStreamSubscription messages;
  private long left;

  private StreamTail(JetStreamSubscription messages, long left) {
    this.messages = messages;
    this.left = left;
  }

  /** Creates the consumer. */
  static StreamTail of(Connection connection, String stream, String subject, long most)
      throws IOException, JetStreamApiException {
    long last =
        connection
            .jetStreamManagement(JetStreamAssets.options())
            .getStreamInfo(stream)
            .getStreamState()
            .getLastSequence();
    ConsumerConfiguration from =
        ConsumerConfiguration.builder()
            .deliverPolicy(DeliverPolicy.ByStartSequence)
            .startSequence(Math.max(1, last - most + 1))
            .build();
    JetStreamSubscription messages =
        connection
            .jetStream(JetStreamAssets.options())
            .subscribe(
                subject,
                PushSubscribeOptions.builder().stream(stream)
                    .ordered(true)
                    .configuration(from)
                    .build());
    return new StreamTail(messages, messages.getConsumerInfo().getCalculatedPending());
  }

  /** The messages, for one subscriber. */
  Flux<byte[]> read(Duration timeout) {
    return Flux.<byte[], StreamTail>generate(
        () -> this, (tail, sink) -> tail.next(timeout, sink), StreamTail::end);
  }

  private StreamTail next(Duration timeout, SynchronousSink<byte[]> sink) {
    if (left <= 0) {
      sink.complete();
      return this;
    }
    try {
      Message message = messages.nextMessage(timeout);
      if (message == null) {
        sink.error(new NatsException("the stream does not answer", ""));
        return this;
      }
      left = message.metaData().pendingCount();
      sink.next(message.getData());
    } catch (InterruptedException e) {
      sink.error(NatsException.interrupted(e));
    } catch (IllegalStateException e) {
      sink.error(new NatsException("the connection is closed", "", e));
    }
    return this;
  }

  private void end() {
    try {
      messages.unsubscribe();
    } catch (IllegalStateException e) {
      return; // closed with its connection
    }
  }
}
