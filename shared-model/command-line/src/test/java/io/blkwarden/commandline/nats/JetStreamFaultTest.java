package io.blkwarden.commandline.nats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JetStreamFaultTest {
  @Test
  void mapsErrorCodesToHints() {
    assertThat(JetStreamFault.of(10008, "JetStream system temporarily unavailable").text())
        .contains("no leader or no quorum", "error 10008", "cluster")
        .doesNotContain("-js,");
    assertThat(JetStreamFault.of(10047, "insufficient storage").text())
        .contains("cannot store more", "max_file_store");
    assertThat(JetStreamFault.of(10077, "no space left on device").text())
        .contains("cannot store more", "no space left on device", "free space");
    assertThat(JetStreamFault.of(10002, "resource limits exceeded").text())
        .contains("account's JetStream limits");
    assertThat(JetStreamFault.of(10076, "JetStream not enabled").text()).contains("-js");
    assertThat(JetStreamFault.of(10999, "new").text()).contains("refuses", "new", "10999");
  }
}
