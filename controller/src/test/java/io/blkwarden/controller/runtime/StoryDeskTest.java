package io.blkwarden.controller.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.controller.bus.BusCounters;
import io.blkwarden.controller.bus.RecordDesk;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.NatsSettings;
import io.blkwarden.controller.why.Question;
import io.blkwarden.controller.why.Story;
import io.blkwarden.model.subject.Subjects;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class StoryDeskTest {
  private static CompletableFuture<Story> ask(StoryDesk desk) {
    return desk.tell(new Question("vm176"), Duration.ofHours(1));
  }

  private static RecordDesk records(int port) {
    return new RecordDesk(
        new NatsSettings("nats://127.0.0.1:" + port, null, Subjects.DEFAULT, "c1"),
        new BusCounters(),
        Clock.systemUTC(),
        new SplittableRandom(1));
  }

  @Test
  void soManyWaitAndWhoComesAfterIsTurnedAway() throws IOException {
    // takes the connection and never greets, so that the first is read for as long as the test runs
    try (ServerSocket silent = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        StoryDesk desk = new StoryDesk(records(silent.getLocalPort()), Clock.systemUTC())) {
      List<CompletableFuture<Story>> asked = new ArrayList<>();
      for (int i = 0; i < 1 + StoryDesk.WAITING; i++) {
        asked.add(ask(desk));
      }
      CompletableFuture<Story> last = ask(desk);

      assertThat(asked).noneMatch(CompletableFuture::isCompletedExceptionally);
      assertThatThrownBy(last::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(RejectedExecutionException.class);
    }
  }

  @Test
  void whatHindersIsTold() throws IOException {
    int closed;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = free.getLocalPort();
    }
    try (StoryDesk desk = new StoryDesk(records(closed), Clock.systemUTC())) {
      assertThatThrownBy(() -> ask(desk).get(60, TimeUnit.SECONDS))
          .hasCauseInstanceOf(NatsException.class)
          .hasMessageContaining("cannot reach NATS");
    }
  }
}
