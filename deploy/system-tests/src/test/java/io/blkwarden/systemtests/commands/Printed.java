package io.blkwarden.systemtests.commands;

import io.blkwarden.agent.cli.AgentCommand;
import io.blkwarden.controller.cli.Blkwarden;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The output of a command.
 *
 * @param code its exit code
 */
record Printed(int code, String out, String err) {
  /** Runs {@code blkwarden} with a server in its environment. */
  static Printed blkwarden(String natsUrl, String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Blkwarden.run(
            words,
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            Map.of("NATS_URL", natsUrl));
    return new Printed(code, out.toString(), err.toString());
  }

  /** Runs {@code blkwarden-agent}. */
  static Printed agent(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = AgentCommand.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(words);
    return new Printed(code, out.toString(), err.toString());
  }

  /** All of standard output. */
  JsonNode json() {
    return read(out);
  }

  /** Each line of standard output. */
  List<JsonNode> lines() {
    return out.lines().map(Printed::read).toList();
  }

  static JsonNode read(String json) {
    return JsonMapper.builder().build().readTree(json);
  }
}
