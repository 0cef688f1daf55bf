package io.blkwarden.commandline.nats;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.CommandError;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Hints for exceptions of the client; TLS is tested with a real server elsewhere. */
final class NatsFaultTest {
  private static final String START = "start nats-server, or set --nats or NATS_URL";

  @Test
  void reportsTheCauseOfWrappedExceptions() {
    assertThat(NatsFault.of(new ExecutionException(new ConnectException("Connection refused"))))
        .isEqualTo(new CommandError("Connection refused", START));
    assertThat(NatsFault.of(new IOException(new UnknownHostException("nats.example"))))
        .isEqualTo(new CommandError("no such host: nats.example", "set --nats or NATS_URL"));
  }

  @Test
  void reportsTheTypeWithoutAMessage() {
    assertThat(NatsFault.of(new TimeoutException()))
        .isEqualTo(new CommandError("TimeoutException", START));
  }
}
