package io.blkwarden.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.uevent.UeventNotice;
import io.blkwarden.agent.xenstore.XenEvent;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the inbox keeps when nobody takes anything out of it. */
final class AgentInboxTest {
  private final AgentInbox inbox = new AgentInbox();

  @Test
  void aSourcesHealthIsNotLostAmongChanges() {
    for (int n = 0; n < AgentInbox.MAX_CHANGES; n++) {
      inbox.uevent(new UeventNotice.Overrun(1));
    }
    assertThat(inbox.conflated()).isZero();

    inbox.xen(new XenEvent.Disconnected("the socket is closed"));

    assertThat(inbox.health()).isEqualTo(Map.of("xenstore", Optional.of("the socket is closed")));
    assertThat(inbox.takeMissedChange()).isTrue();
  }

  @Test
  void whatASourceSaysLastCounts() {
    inbox.uevent(new UeventNotice.Stopped("no such protocol"));
    inbox.xen(new XenEvent.Disconnected("the socket is closed"));
    inbox.xen(new XenEvent.Connected());

    assertThat(inbox.health())
        .isEqualTo(
            Map.of("xenstore", Optional.empty(), "uevents", Optional.of("no such protocol")));
  }
}
