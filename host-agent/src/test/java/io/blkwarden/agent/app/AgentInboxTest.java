package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.uevent.UeventNotice;
import io.blkwarden.agent.xenstore.XenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

/** The inbox without a subscriber. */
final class AgentInboxTest {
  private final AgentInbox inbox = new AgentInbox();

  @Test
  void healthIsKeptDuringManyChanges() {
    inbox.uevent(new UeventNotice.Overrun());

    inbox.xen(new XenEvent.Disconnected("the socket is closed"));

    assertThat(inbox.health()).isEqualTo(Map.of("xenstore", Optional.of("the socket is closed")));
  }

  /** A scan of 1000 disks takes a second: a burst must not cause a scan per change. */
  @Test
  void burstIsConflatedAndAChangeDuringAScanIsKept() {
    List<AgentInput> taken = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      inbox.uevent(new UeventNotice.Overrun());
    }
    Disposable _ = inbox.changes().subscribe(taken::add, error -> {});
    assertThat(taken).hasSize(1);
    assertThat(inbox.conflated()).isEqualTo(299);

    assertThat(inbox.takeChange()).isTrue();
    assertThat(inbox.takeChange()).isFalse();
    inbox.uevent(new UeventNotice.Overrun());
    inbox.uevent(new UeventNotice.Overrun());
    assertThat(taken).hasSize(2);
    assertThat(inbox.takeMissedChange()).isFalse();
  }

  @Test
  void latestHealthWins() {
    inbox.uevent(new UeventNotice.Stopped("no such protocol"));
    inbox.xen(new XenEvent.Disconnected("the socket is closed"));
    inbox.xen(new XenEvent.Connected());

    assertThat(inbox.health())
        .isEqualTo(
            Map.of("xenstore", Optional.empty(), "uevents", Optional.of("no such protocol")));
  }
}
