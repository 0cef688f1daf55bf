package io.blkwarden.commandline.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.DomainRef;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

final class LogKeysTest {
  @Test
  void keysAreEscapedAndRemovedOnClose() {
    UUID uuid = UUID.fromString("00000000-0000-0000-0000-000000000001");
    DomainRef domain = new DomainRef(uuid, 3, "vm\u001B1");
    try (LogKeys _ = new LogKeys().put("host", "a").put("disk", null).put(domain)) {
      assertThat(MDC.get("host")).isEqualTo("a");
      assertThat(MDC.get("disk")).isNull();
      assertThat(MDC.get("domain")).isEqualTo("vm\\u001B1");
      assertThat(MDC.get("domain_uuid")).isEqualTo(uuid.toString());
    }
    assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
  }
}
