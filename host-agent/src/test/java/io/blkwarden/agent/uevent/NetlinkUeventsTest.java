package io.blkwarden.agent.uevent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.commandline.Check;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Receives uevents of the kernel. An unprivileged process cannot trigger one; then these tests
 * check that nothing is received and that closing works.
 */
final class NetlinkUeventsTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Writing to it triggers a `change` event of an unused device. */
  private static final Path TRIGGER = Path.of("/sys/class/mem/null/uevent");

  private final List<UeventNotice> notices = new CopyOnWriteArrayList<>();

  @Test
  void receivesUeventsOfTheKernel() throws IOException {
    try (NetlinkUevents _ = open(notices::add, NetlinkUevents.BUFFER_BYTES)) {
      if (trigger()) {
        await().atMost(BOUND).until(() -> notices.stream().anyMatch(NetlinkUeventsTest::isNull));
      } else {
        assertThat(notices).isEmpty();
      }
    }
  }

  @Test
  void survivesAThrowingReceiver() throws IOException {
    Consumer<UeventNotice> throwing =
        notice -> {
          notices.add(notice);
          throw new IllegalStateException("receiver");
        };
    try (NetlinkUevents _ = open(throwing, NetlinkUevents.BUFFER_BYTES)) {
      int sent = 0;
      while (sent < 2 && trigger()) {
        sent++;
      }
      int expected = sent;
      await()
          .atMost(BOUND)
          .until(() -> notices.stream().filter(NetlinkUeventsTest::isNull).count() >= expected);
    }
  }

  @Test
  void dropsMessagesOfProcesses() throws Throwable {
    ReadResult<UeventSocket> opened = UeventSocket.open(NetlinkUevents.BUFFER_BYTES);
    try (UeventSocket socket = opened.toOptional().orElseThrow()) {
      ForgedUevent forged = ForgedUevent.sendToOwnListeners("add@/devices/forged");
      // only root may send to such a socket
      assertThat(forged.sent() + forged.forbidden()).isPositive();
      int foreign = 0;
      for (int n = 0; n < 1_000 && foreign < forged.sent(); n++) {
        UeventSocket.Received received = socket.receive();
        foreign += received instanceof UeventSocket.Received.Foreign ? 1 : 0;
        if (received instanceof UeventSocket.Received.Message message) {
          assertThat(UTF_8.decode(message.bytes()).toString()).doesNotContain("forged");
        }
      }
      assertThat(foreign).isEqualTo(forged.sent());
    }
  }

  @Test
  void reportsOverruns() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    Consumer<UeventNotice> slow =
        notice -> {
          notices.add(notice);
          try {
            assertThat(busy.await(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    try (NetlinkUevents _ = open(slow, 1_024)) {
      boolean sent = trigger();
      for (int n = 0; sent && n < 200; n++) {
        sent = trigger();
      }
      busy.countDown();
      if (sent) {
        UeventNotice overrun = new UeventNotice.Overrun();
        await().atMost(BOUND).until(() -> Collections.frequency(notices, overrun) == 1);
        // it continues afterwards
        int before = notices.size();
        assertThat(trigger()).isTrue();
        await().atMost(BOUND).until(() -> notices.size() > before);
      } else {
        assertThat(notices).isEmpty();
      }
    }
  }

  @Test
  void closeIsIdempotent() {
    NetlinkUevents uevents = open(notices::add, 65_536);
    uevents.close();
    uevents.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("uevents") && thread.isAlive());
    assertThat(notices).noneMatch(notice -> notice instanceof UeventNotice.Stopped);
  }

  @Test
  void doctorChecksTheSocket() {
    assertThat(NetlinkUevents.check().state()).isEqualTo(Check.State.OK);
  }

  private static NetlinkUevents open(Consumer<UeventNotice> notices, int bufferBytes) {
    return switch (NetlinkUevents.open(notices, bufferBytes)) {
      case ReadResult.Present<NetlinkUevents>(NetlinkUevents uevents) -> uevents;
      case ReadResult<NetlinkUevents> none -> throw new AssertionError(none.describe());
    };
  }

  private static boolean isNull(UeventNotice notice) {
    return notice instanceof Uevent event
        && event.devpath().equals("/devices/virtual/mem/null")
        && event.subsystem().equals("mem")
        && event.action().equals("change");
  }

  /** Whether an event could be triggered. */
  private static boolean trigger() throws IOException {
    try {
      Files.writeString(TRIGGER, "change", StandardOpenOption.WRITE);
      return true;
    } catch (AccessDeniedException | NoSuchFileException e) {
      return false;
    }
  }
}
