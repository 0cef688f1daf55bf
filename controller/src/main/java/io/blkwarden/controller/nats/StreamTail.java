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

/**
 * The last messages of a stream, as an ordered consumer; reading blocks.
 *
 * @param pending how many messages there are
 */
record StreamTail(JetStreamSubscription messages, long pending) {
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
    return Flux.<byte[], Long>generate(
        () -> pending, (left, sink) -> next(left, timeout, sink), _ -> end());
  }

  /** Emits the next message; returns how many are left. */
  private long next(long left, Duration timeout, SynchronousSink<byte[]> sink) {
    if (left <= 0) {
      sink.complete();
      return 0;
    }
    try {
      Message message = messages.nextMessage(timeout);
      if (message == null) {
        sink.error(new NatsException("the stream does not answer", ""));
        return 0;
      }
      sink.next(message.getData());
      return message.metaData().pendingCount();
    } catch (InterruptedException e) {
      sink.error(NatsException.interrupted(e));
    } catch (IllegalStateException e) {
      sink.error(new NatsException("the connection is closed", "", e));
    }
    return 0;
  }

  private void end() {
    try {
      messages.unsubscribe();
    } catch (IllegalStateException e) {
      return; // closed with its connection
    }
  }
}
