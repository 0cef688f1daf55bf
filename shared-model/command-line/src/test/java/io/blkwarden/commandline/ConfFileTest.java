package io.blkwarden.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.commandline.ConfFile.Kind;
import io.blkwarden.model.Printable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ConfFileTest {
  private static final Map<String, Kind> KEYS =
      Map.of("nats", Kind.VALUE, "interval", Kind.VALUE, "quiet", Kind.FLAG, "role", Kind.REPEATED);

  private static ConfFile parse(String text) {
    return ConfFile.parse("a.conf", text, KEYS);
  }

  @Test
  void fileBecomesOptions() {
    ConfFile file =
        parse(
            """
            # a comment
            nats = tls://one:4222,tls://two:4222
              quiet=true

            role = swap=_sw$
            role = data=^d
            """);
    assertThat(file.problems()).isEmpty();
    assertThat(file.options(KEYS, List.of("run")))
        .containsExactlyInAnyOrder(
            "--nats=tls://one:4222,tls://two:4222", "--quiet", "--role=swap=_sw$", "--role=data=^d")
        .containsSubsequence("--role=swap=_sw$", "--role=data=^d");
  }

  @Test
  void commandLineTakesPrecedence() {
    ConfFile file = parse("nats = a\ninterval = 2s\nrole = swap=x\n");
    assertThat(file.options(KEYS, List.of("run", "--nats", "b", "--interval=3s")))
        .containsExactly("--role=swap=x");
    assertThat(file.options(Map.of("interval", Kind.VALUE), List.of("map")))
        .containsExactly("--interval=2s");
  }

  @Test
  void falseFlagIsNoOption() {
    assertThat(parse("quiet = false").options(KEYS, List.of())).isEmpty();
  }

  @Test
  void reportsAllProblemsAtOnce() {
    assertThat(
            parse("nast = x\n\nquiet = yes\nnats =\ninterval = 1s\ninterval = 2s\nrun\u001b[2J\n")
                .problems())
        .containsExactly(
            "a.conf:1: unknown key 'nast'; did you mean 'nats'?",
            "a.conf:3: quiet: expected true or false, found 'yes'",
            "a.conf:4: nats: expected a value; to use the default, comment out the line",
            "a.conf:6: interval: expected once, found again",
            "a.conf:7: expected key = value, found '%s'".formatted(Printable.of("run\u001b[2J")));
  }
}
