package io.blkwarden.agent.bus;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CommandLimitsTest {
  private final CommandReader.Limits limits = new CommandReader.Limits();
  private long now = 1_000;

  private int admitted(String inbox, int commands) {
    int admitted = 0;
    for (int n = 0; n < commands; n++) {
      admitted += limits.admits(inbox + "." + n, now) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void controllerMayEndAllLeasesAtOnce() {
    assertThat(admitted("_INBOX.leader", 1_024)).isEqualTo(1_024);
  }

  @Test
  void sendersAreLimitedIndependently() {
    assertThat(admitted("_INBOX.flood", 10_000)).isEqualTo(CommandReader.Limits.BURST);
    now += 1_000;
    assertThat(admitted("_INBOX.flood", 10_000)).isEqualTo(CommandReader.Limits.PER_SECOND);

    assertThat(admitted("_INBOX.leader", 10)).isEqualTo(10);
  }

  @Test
  void malformedCommandsAreAnsweredUpToALimit() {
    int answered = 0;
    for (int n = 0; n < 30_000; n++) { // 500 per second for a minute
      now += 2;
      answered += limits.admitsMalformed(now) ? 1 : 0;
    }

    assertThat(answered)
        .isBetween(
            60 * CommandReader.Limits.MALFORMED_PER_SECOND,
            CommandReader.Limits.MALFORMED_BURST + 61 * CommandReader.Limits.MALFORMED_PER_SECOND);
  }
}
