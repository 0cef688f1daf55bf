package io.blkwarden.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ControllerConfTest {
  @TempDir Path folder;

  private Map<String, String> conf(String text) throws Exception {
    Path file = folder.resolve("controller.conf");
    Files.writeString(file, text);
    return Map.of(Blkwarden.CONF.variable(), file.toString());
  }

  private static String[] with(Map<String, String> environment, String... words) throws Exception {
    return Blkwarden.CONF.with(Blkwarden.described(), words, environment);
  }

  @Test
  void controllerUsesAllKeysAndOtherCommandsOnlyTheNatsAddress() throws Exception {
    Map<String, String> conf =
        conf("nats = tls://bus:4222\ncreds = /etc/seed\nno-http = true\npolicies = /p\n");
    assertThat(with(conf, "controller"))
        .containsExactlyInAnyOrder(
            "controller",
            "--nats=tls://bus:4222",
            "--creds=/etc/seed",
            "--no-http",
            "--policies=/p");
    assertThat(with(conf, "--debug", "map", "--host", "a"))
        .containsExactly("--debug", "map", "--nats=tls://bus:4222", "--host", "a");
    assertThat(with(conf, "silence", "list"))
        .containsExactly("silence", "list", "--nats=tls://bus:4222");
    assertThat(with(conf, "nats", "init", "--dir", "d"))
        .containsExactly("nats", "init", "--dir", "d");
    assertThat(with(conf, "policy", "show", "d")).containsExactly("policy", "show", "d");
  }

  @Test
  void invalidFileIsUsageError() throws Exception {
    Map<String, String> conf = conf("http-prot = 80\n");
    StringWriter err = new StringWriter();
    PrintWriter out = new PrintWriter(new StringWriter());
    assertThat(Blkwarden.run(new String[] {"controller"}, out, new PrintWriter(err), conf))
        .isEqualTo(2);
    assertThat(err.toString()).startsWith("error: ").contains("did you mean 'http-port'?");
  }
}
