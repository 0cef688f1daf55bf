package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.blkwarden.commandline.ServiceConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AgentConfTest {
  @TempDir Path folder;

  private Map<String, String> conf(String text) throws IOException {
    Path file = folder.resolve("agent.conf");
    Files.writeString(file, text);
    return Map.of(AgentCommand.CONF.variable(), file.toString());
  }

  private static String[] with(Map<String, String> environment, String... words) throws Exception {
    return AgentCommand.CONF.with(AgentCommand.commandLine(), words, environment);
  }

  @Test
  void eachCommandGetsItsOptions() throws Exception {
    Map<String, String> conf =
        conf("nats = nats://bus:4222\nstate-dir = /run/blkwarden\nread-only = true\n");
    assertThat(with(conf, "run", "--host", "a"))
        .startsWith("run")
        .endsWith("--host", "a")
        .contains("--nats=nats://bus:4222", "--state-dir=/run/blkwarden", "--read-only");
    assertThat(with(conf, "release-all"))
        .containsExactly("release-all", "--state-dir=/run/blkwarden");
    assertThat(with(conf, "map", "--json")).containsExactly("map", "--json");
    assertThat(with(Map.of(), "run")).containsExactly("run");
  }

  @Test
  void topIgnoresTheSamplingInterval() throws Exception {
    Map<String, String> conf = conf("interval = 10s\nstate-dir = /run/blkwarden\n");
    assertThat(with(conf, "run")).contains("--interval=10s");
    assertThat(with(conf, "top")).containsExactly("top", "--state-dir=/run/blkwarden");
  }

  @Test
  void invalidFileIsAUsageErrorOfEveryCommand() throws Exception {
    Map<String, String> conf = conf("intervall = 1s\nroot = /tmp\n");
    assertThatThrownBy(() -> with(conf, "map"))
        .isInstanceOf(ServiceConf.InvalidConfigException.class)
        .hasMessageContaining("agent.conf:1: unknown key 'intervall'; did you mean 'interval'?")
        .hasMessageContaining("agent.conf:2: unknown key 'root'");
    assertThat(AgentCommand.execute(new String[] {"map"}, conf)).isEqualTo(2);
  }
}
