package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.PolicyTree;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.read.PolicyWarnings;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.MappingSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Checks, shows and tests policy files. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Checks, shows and tests policy files. Only 'check --fleet' needs NATS and a controller.",
    subcommands = {PolicyCommand.Check.class, PolicyShow.class, PolicyTest.class})
final class PolicyCommand {
  private PolicyCommand() {}

  /** Checks policy files. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Validates policy files as the controller does. Prints every problem, warnings and the"
            + " policies.",
        "Exit code 1 if there is a problem; warnings do not change it."
      })
  static final class Check implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(
        arity = "1..*",
        paramLabel = "FILE|DIR",
        description = "Policy files, or directories with *.yaml and *.yml files.")
    List<Path> paths = new ArrayList<>();

    @Option(
        names = "--labels",
        paramLabel = "FILE",
        description = "Labels file, to validate as well.")
    @Nullable Path labels;

    @Option(
        names = "--fleet",
        description = "Warn about policies that match nothing in the maps that agents stored.")
    boolean fleet;

    @Mixin NatsOptions nats = new NatsOptions();

    @Option(names = "--json", description = "Print one JSON object, with all problems.")
    boolean json;

    Check(CommandContext context) {
      this.context = context;
    }

    @Override
    public Integer call() throws NatsException {
      List<PolicyFile> files = new ArrayList<>();
      List<PolicyProblem> unreadable = new ArrayList<>();
      for (Path path : paths) {
        try {
          files.addAll(PolicyFiles.read(path));
        } catch (IOException e) {
          unreadable(path, e, unreadable);
        }
      }
      PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
      List<PolicyProblem> problems = new ArrayList<>(load.problems());
      PolicySet policies = load.policies();
      if (labels != null) {
        try {
          LabelsReader.Load labelled = LabelsReader.read(PolicyFiles.one(labels), Labels.NONE);
          problems.addAll(labelled.problems());
          policies = policies.with(labelled.labels());
        } catch (IOException e) {
          unreadable(labels, e, unreadable);
        }
      }
      List<PolicyProblem> warnings = new ArrayList<>(PolicyWarnings.of(load));
      if (fleet) {
        List<MappingSnapshot> maps = maps();
        if (maps.isEmpty()) {
          context.note("no maps stored: --fleet checks nothing");
        } else {
          warnings.addAll(PolicyWarnings.unmatched(load, policies, maps));
        }
      }
      if (json) {
        List<PolicyProblem> all = new ArrayList<>(unreadable);
        all.addAll(problems);
        context.out().println(json(load, all, warnings, files.size() + unreadable.size()));
      } else {
        text(load, problems, warnings, files.size());
      }
      return unreadable.isEmpty() && problems.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private void unreadable(Path path, IOException e, List<PolicyProblem> unreadable) {
      String why = String.valueOf(e.getMessage());
      unreadable.add(new PolicyProblem(path.toString(), why));
      if (!json) {
        context.failed(why, PolicyFiles.REMEDY);
      }
    }

    private List<MappingSnapshot> maps() throws NatsException {
      try (OperatorSession session = nats.connect(context)) {
        return StoredMap.all(session, why -> context.note(StoredMap.unreadable(why))).stream()
            .map(StoredMap::snapshot)
            .toList();
      }
    }

    private static String json(
        PolicyLoad load, List<PolicyProblem> problems, List<PolicyProblem> warnings, int files) {
      ObjectNode root = AsciiJson.MAPPER.createObjectNode();
      root.put("schema", "blkwarden.policy-check.v1");
      root.put("files", files);
      root.put("good", load.good().size());
      root.put("policies", load.policies().policies().size());
      problems.forEach(root.putArray("problems")::addPOJO);
      warnings.forEach(root.putArray("warnings")::addPOJO);
      return AsciiJson.MAPPER.writeValueAsString(root);
    }

    private void text(
        PolicyLoad load, List<PolicyProblem> problems, List<PolicyProblem> warnings, int files) {
      List<Policy> policies = load.policies().policies();
      if (!policies.isEmpty()) {
        Table table = new Table("POLICY", "MODE", "KIND");
        policies.forEach(
            each -> table.row(List.of(each.name(), each.mode().wire(), PolicyTree.kind(each))));
        table.print(context.out());
      }
      problems.forEach(each -> context.out().println(Printable.of(each.toString())));
      warnings.forEach(each -> context.out().println("warning: " + Printable.of(each.toString())));
      context
          .out()
          .printf(
              "%s: %s%s, %s%s%s%n",
              problems.isEmpty() ? "OK" : "FAILED",
              problems.isEmpty() ? "" : load.good().size() + " valid of ",
              count(files, "file", "files"),
              count(policies.size(), "policy", "policies"),
              problems.isEmpty() ? "" : ", " + count(problems.size(), "problem", "problems"),
              warnings.isEmpty() ? "" : ", " + count(warnings.size(), "warning", "warnings"));
    }

    private static String count(int number, String one, String many) {
      return number + " " + (number == 1 ? one : many);
    }
  }
}
