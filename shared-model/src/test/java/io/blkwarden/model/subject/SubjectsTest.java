package io.blkwarden.model.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.model.HostId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SubjectsTest {
  private static final Subjects SUBJECTS = Subjects.DEFAULT;

  @ParameterizedTest
  @ValueSource(strings = {"dom0.example", ">", "*", "a.>", "$JS.API", "%2E", "größe", "a/../b"})
  void namesDoNotChangeTheSubjectStructure(String name) {
    HostId host = new HostId(name);
    String subject = SUBJECTS.sample(host);

    assertThat(subject).matches("blkwarden\\.v1\\.sample\\.\\d+\\.[A-Za-z0-9_%-]+");
    assertThat(SUBJECTS.hostOf(subject, 2)).isEqualTo(host);
    assertThat(SUBJECTS.command(host)).matches("blkwarden\\.v1\\.command\\.[A-Za-z0-9_%-]+");
    assertThat(SUBJECTS.alert("critical", host, name))
        .matches("blkwarden\\.v1\\.alert\\.critical(\\.[A-Za-z0-9_%-]+){2}");
    assertThat(HostToken.key(host)).matches("[A-Za-z0-9_=-]+");
  }

  @Test
  void replySubjectsAreNoMessageSubjects() {
    assertThat(SUBJECTS.isInbox("_INBOX.dom0-7.x1")).isTrue();
    assertThat(SUBJECTS.isInbox(null)).isFalse();
    assertThat(SUBJECTS.isInbox("$JS.ACK.S.c.1.1.1.1.0")).isFalse();
    assertThat(SUBJECTS.isInbox(SUBJECTS.command(new HostId("dom0-8")))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", "a b", ">", "a.*", "$JS", "."})
  void prefixIsPlainTokens(String prefix) {
    assertThatThrownBy(() -> new Subjects(prefix)).isInstanceOf(IllegalArgumentException.class);
  }
}
