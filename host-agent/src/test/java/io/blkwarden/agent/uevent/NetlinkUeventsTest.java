package io.blkwarden.agent.uevent;

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
    try (NetlinkUevents uevents = open(notices::add, NetlinkUevents.BUFFER_BYTES)) {
      if (trigger()) {
        await().atMost(BOUND).until(() -> notices.stream().anyMatch(NetlinkUeventsTest::isNull));
        assertThat(uevents.counts().events()).isPositive();
      } else {
        assertThat(uevents.counts()).isEqualTo(new NetlinkUevents.Counts(0, 0, 0, 0));
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
    try (NetlinkUevents uevents = open(throwing, NetlinkUevents.BUFFER_BYTES)) {
      int sent = 0;
      while (sent < 2 && trigger()) {
        sent++;
      }
      int expected = sent;
      await()
          .atMost(BOUND)
          .until(() -> notices.stream().filter(NetlinkUeventsTest::isNull).count() >= expected);
      assertThat(uevents.counts().events()).isGreaterThanOrEqualTo(expected);
    }
  }

  @Test
  void dropsMessagesOfProcesses() throws Throwable {
    try (NetlinkUevents uevents = open(notices::add, NetlinkUevents.BUFFER_BYTES)) {
      ForgedUevent forged = ForgedUevent.sendToOwnListeners("add@/devices/forged");
      // only root may send to such a socket
      assertThat(forged.sent() + forged.forbidden()).isPositive();
      await().atMost(BOUND).until(() -> uevents.counts().foreign() >= forged.sent());
      assertThat(uevents.counts().foreign()).isEqualTo(forged.sent());
      assertThat(notices)
          .noneMatch(notice ->
              notice instanceof Uevent event && event.devpath().equals("/devices/forged"));
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
    try (NetlinkUevents uevents = open(slow, 1_024)) {
      boolean sent = trigger();
      for (int n = 0; sent && n < 200; n++) {
        sent = trigger();
      }
      busy.countDown();
      if (sent) {
        await().atMost(BOUND).until(() -> uevents.counts().overruns() == 1);
        assertThat(notices).contains(new UeventNotice.Overrun(1));
        // it continues afterwards
        long before = uevents.counts().events();
        assertThat(trigger()).isTrue();
        await().atMost(BOUND).until(() -> uevents.counts().events() > before);
      } else {
        assertThat(uevents.counts().overruns()).isZero();
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
    assertThat(UeventCheck.run()).extracting(Check::state).containsExactly(Check.State.OK);
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
