package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.PolicyTree;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints the effective policies. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the effective policies, including defaults, safety limits (brakes) and protected"
          + " disks, as YAML that can be used as a policy file.",
      "Exit code 1 if there is a problem; the valid files are still shown."
    })
final class PolicyShow implements Callable<Integer> {
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
    if (json) {
      ObjectNode tree = tree(loaded.policies());
      ObjectNode root = AsciiJson.MAPPER.createObjectNode().put("schema", "blkwarden.policies.v1");
      tree.properties().forEach(each -> root.set(each.getKey(), each.getValue()));
      root.set("problems", AsciiJson.MAPPER.valueToTree(loaded.problems()));
      context.out().println(AsciiJson.MAPPER.writeValueAsString(root));
    } else {
      loaded.problems().forEach(each -> context.err().println(Printable.of(each.toString())));
      new PolicyYaml(context.out()).print(loaded.policies());
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
}
