package io.blkwarden.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.subject.HostToken;
import org.junit.jupiter.api.Test;

final class PrintableTest {
  @Test
  void plainTextIsUnchanged() {
    assertThat(Printable.of("vm176 – Zoë's 磁盘")).isEqualTo("vm176 – Zoë's 磁盘");
  }

  @Test
  void controlCharactersAreEscaped() {
    assertThat(Printable.of("\u001B[2Jx\ny\u202Ez\\")).isEqualTo("\\u001B[2Jx\\u000Ay\\u202Ez\\\\");
    assertThat(Printable.of("\uD800\uDBFF\uDFFF")).isEqualTo("\\uD800\\U0010FFFF");
  }

  @Test
  void hostKeyIsAValidKvKey() {
    assertThat(HostToken.key(new HostId("dom0-7.example.com"))).isEqualTo("dom0-7=2Eexample=2Ecom");
    assertThat(HostToken.key(new HostId("ü"))).matches("[-/_=.a-zA-Z0-9]+");
  }
}
