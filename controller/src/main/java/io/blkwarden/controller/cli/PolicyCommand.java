package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks, shows and tests policy files. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Checks, shows and tests policy files; needs neither NATS nor a controller.",
    subcommands = {PolicyCommand.Check.class, PolicyShow.class, PolicyTest.class})
final class PolicyCommand {
  private PolicyCommand() {}

  /** Checks policy files. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Validates policy files as the controller does, and prints every problem and warning.",
        "Exit code 1 if there is a problem. Does not check whether disks match now."
      })
  static final class Check implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(
        arity = "1..*",
        paramLabel = "FILE|DIR",
        description = "Policy files, or directories with *.yaml and *.yml files.")
    List<Path> paths = new ArrayList<>();

    @Option(
        names = "--json",
        description = "Print one JSON object, with all problems and warnings.")
    boolean json;

    Check(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      List<PolicyFile> files = new ArrayList<>();
      List<PolicyProblem> unreadable = new ArrayList<>();
      for (Path path : paths) {
        try {
          files.addAll(PolicyFiles.read(path));
        } catch (IOException e) {
          String why = String.valueOf(e.getMessage());
          unreadable.add(new PolicyProblem(path.toString(), why));
          if (!json) {
            context.failed(why, PolicyFiles.REMEDY);
          }
        }
      }
      PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
      if (json) {
        context.out().println(json(load, unreadable, files.size()));
      } else {
        text(load, files.size());
      }
      return unreadable.isEmpty() && load.problems().isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private static String json(PolicyLoad load, List<PolicyProblem> unreadable, int files) {
      ObjectNode root = AsciiJson.MAPPER.createObjectNode();
      root.put("schema", "blkwarden.policy-check.v1");
      root.put("files", files + unreadable.size());
      root.put("good", load.good().size());
      root.put("policies", load.policies().policies().size());
      ArrayNode problems = root.putArray("problems");
      unreadable.forEach(problems::addPOJO);
      load.problems().forEach(problems::addPOJO);
      load.policies().warnings().forEach(root.putArray("warnings")::add);
      return AsciiJson.MAPPER.writeValueAsString(root);
    }

    private void text(PolicyLoad load, int files) {
      for (PolicyProblem problem : load.problems()) {
        context.out().println(Printable.of(problem.toString()));
      }
      load.policies()
          .warnings()
          .forEach(each -> context.out().println("warning: " + Printable.of(each)));
      int problems = load.problems().size();
      context
          .out()
          .printf(
              "%s: %s%s, %s%s%n",
              problems == 0 ? "OK" : "FAILED",
              problems == 0 ? "" : load.good().size() + " valid of ",
              count(files, "file", "files"),
              count(load.policies().policies().size(), "policy", "policies"),
              problems == 0 ? "" : ", " + count(problems, "problem", "problems"));
    }

    private static String count(int number, String one, String many) {
      return number + " " + (number == 1 ? one : many);
    }
  }
}
