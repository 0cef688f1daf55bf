package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.PolicyTree;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the effective policies. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the effective policies, including defaults: policies with their kind, safety limits"
          + " (brakes) and protected disks.",
      "Exit code 1 if there is a problem; the valid files are still shown."
    })
final class PolicyShow implements Callable<Integer> {
  private static final String MS = "_ms";

  private final CommandContext context;

  @Parameters(paramLabel = "FILE|DIR", description = "Policy file, or directory of policy files.")
  Path path = Path.of(".");

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Labels file, to validate as well.")
  @Nullable Path labels;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  PolicyShow(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    PolicyFiles.Loaded loaded;
    try {
      loaded = PolicyFiles.load(List.of(path), labels);
    } catch (IOException e) {
      return context.failed(String.valueOf(e.getMessage()), PolicyFiles.REMEDY);
    }
    ObjectNode tree = tree(loaded.policies());
    if (json) {
      ObjectNode root = AsciiJson.MAPPER.createObjectNode().put("schema", "blkwarden.policies.v1");
      tree.properties().forEach(each -> root.set(each.getKey(), each.getValue()));
      root.set("problems", AsciiJson.MAPPER.valueToTree(loaded.problems()));
      context.out().println(AsciiJson.MAPPER.writeValueAsString(root));
    } else {
      loaded.problems().forEach(each -> context.err().println(Printable.of(each.toString())));
      tree.properties().forEach(each -> print(each.getKey(), each.getValue(), ""));
    }
    return loaded.problems().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  private static ObjectNode tree(PolicySet set) {
    ObjectNode root = AsciiJson.MAPPER.createObjectNode();
    ArrayNode policies = root.putArray("policies");
    for (Policy policy : set.policies()) {
      policies.add(PolicyTree.of(policy));
    }
    root.set("brakes", PolicyTree.of(set.safetyLimits()));
    root.set("protect", PolicyTree.of(set.protect()));
    return root;
  }

  private void print(String key, JsonNode value, String indent) {
    String name = indent + (key.endsWith(MS) ? key.substring(0, key.length() - MS.length()) : key);
    if (value instanceof ObjectNode object && !object.isEmpty()) {
      context.out().println(name + ":");
      object.properties().forEach(each -> print(each.getKey(), each.getValue(), indent + "  "));
    } else if (value instanceof ArrayNode list && list.get(0) instanceof ObjectNode) {
      context.out().println(name + ":");
      list.forEach(each -> item(each, indent));
    } else {
      context.out().println(name + ": " + (key.endsWith(MS) ? duration(value) : text(value)));
    }
  }

  private void item(JsonNode value, String indent) {
    String mark = "  - ";
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      if (mark.isBlank()) {
        print(each.getKey(), each.getValue(), indent + mark);
      } else {
        context.out().print(indent + mark);
        print(each.getKey(), each.getValue(), "");
        mark = " ".repeat(mark.length());
      }
    }
  }

  private static String text(JsonNode value) {
    if (value.isNull()) {
      return "none";
    }
    if (value.isDouble()) {
      return BigDecimal.valueOf(value.asDouble()).stripTrailingZeros().toPlainString();
    }
    if (value instanceof ArrayNode list) {
      StringBuilder all = new StringBuilder();
      list.forEach(each -> all.append(all.isEmpty() ? " " : ", ").append(text(each)));
      return "[" + all + (all.isEmpty() ? "]" : " ]");
    }
    return value.isObject() ? "{}" : Printable.of(value.asString());
  }

  private static String duration(JsonNode millis) {
    long ms = millis.asLong();
    if (ms % 1_000 != 0) {
      return ms + "ms";
    }
    if (ms % 3_600_000 == 0 && ms > 0) {
      return ms / 3_600_000 + "h";
    }
    return ms % 60_000 == 0 && ms > 0 ? ms / 60_000 + "m" : ms / 1_000 + "s";
  }
}
