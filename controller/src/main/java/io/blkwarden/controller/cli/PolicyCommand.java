package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Table;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.nats.NatsException;
import io.blkwarden.controller.nats.OperatorSession;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.PolicyTree;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.read.PolicyTestReader;
import io.blkwarden.controller.policy.read.PolicyWarnings;
import io.blkwarden.controller.policy.testfile.PolicyTestFile;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policytest.PolicyTestRun;
import io.blkwarden.model.Printable;
import io.blkwarden.model.message.MappingSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Checks, shows and tests policy files. */
@Command(
    name = "policy",
    description = {
      "Checks, shows and tests policy files.",
      "Only 'check --fleet' needs NATS and a controller."
    },
    subcommands = {PolicyCommand.Check.class, PolicyCommand.Show.class, PolicyCommand.Test.class})
final class PolicyCommand {
  private PolicyCommand() {}

  /** A command that loads policy files. */
  abstract static class Reading extends CliCommand.Json {
    @Option(
        names = "--labels",
        paramLabel = "FILE",
        description = "Labels file for the policies; also checked.")
    @Nullable Path labels;
  }

  /** Checks policy files. */
  @Command(
      name = "check",
      description = {
        "Checks policy files as the controller does.",
        "Prints all problems, warnings and policies. Exit code 1 if there is a problem; warnings do"
            + " not change it."
      })
  static final class Check extends Reading {
    @Parameters(
        arity = "1..*",
        paramLabel = "FILE|DIR",
        description = "Policy files, or directories with *.yaml and *.yml files.")
    List<Path> paths = new ArrayList<>();

    @Option(
        names = "--fleet",
        description = "Also warn about policies that match nothing in the stored maps.")
    boolean fleet;

    @Mixin NatsOptions nats = new NatsOptions();

    @Override
    public Integer call() throws NatsException {
      PolicyFiles files = PolicyFiles.load(paths, labels);
      List<PolicyProblem> warnings = new ArrayList<>(PolicyWarnings.of(files.load()));
      if (fleet) {
        List<MappingSnapshot> maps = maps();
        if (maps.isEmpty()) {
          context.note("no maps stored: --fleet checks nothing");
        } else {
          warnings.addAll(PolicyWarnings.unmatched(files.load(), files.policies(), maps));
        }
      }
      if (json) {
        ObjectNode document =
            AsciiJson.document("blkwarden.policy-check.v1")
                .put("files", files.count())
                .put("good", files.load().good().size())
                .put("policies", files.policies().policies().size());
        files.problems().forEach(document.putArray("problems")::addPOJO);
        warnings.forEach(document.putArray("warnings")::addPOJO);
        context.print(document);
      } else {
        print(files, warnings);
      }
      return files.exitCode();
    }

    private List<MappingSnapshot> maps() throws NatsException {
      try (OperatorSession session = nats.connect()) {
        return MapCommand.StoredMap.all(session, context::note).stream()
            .map(MapCommand.StoredMap::snapshot)
            .toList();
      }
    }

    private void print(PolicyFiles files, List<PolicyProblem> warnings) {
      List<Policy> policies = files.policies().policies();
      if (!policies.isEmpty()) {
        Table.of(policies)
            .column("POLICY", Policy::name)
            .column("MODE", each -> each.mode().wire())
            .column("KIND", PolicyTree::kind)
            .print(context.out());
      }
      List<PolicyProblem> problems = files.problems();
      problems.forEach(each -> context.out().println(Printable.of(each.toString())));
      warnings.forEach(each -> context.out().println("warning: " + Printable.of(each.toString())));
      List<String> result = new ArrayList<>();
      String valid =
          problems.isEmpty()
              ? "OK: "
              : "FAILED: %d valid of ".formatted(files.load().good().size());
      result.add(valid + count(files.count(), "file", "files"));
      result.add(count(policies.size(), "policy", "policies"));
      if (!problems.isEmpty()) {
        result.add(count(problems.size(), "problem", "problems"));
      }
      if (!warnings.isEmpty()) {
        result.add(count(warnings.size(), "warning", "warnings"));
      }
      context.out().println(String.join(", ", result));
    }
  }

  /** Prints the effective policies. */
  @Command(
      name = "show",
      description = {
        "Prints the effective policies as YAML.",
        "The output is a valid policy file with all defaults, the safety limits (brakes) and the"
            + " protected disks. Exit code 1 if there is a problem; valid files are still printed."
      })
  static final class Show extends Reading {
    @Parameters(paramLabel = "FILE|DIR", description = "Policy file, or directory of policy files.")
    Path path = Path.of(".");

    @Override
    public Integer call() {
      if (!Files.isReadable(path)) {
        return context.failed("cannot read " + path, "check its name and permissions");
      }
      PolicyFiles files = PolicyFiles.load(List.of(path), labels);
      PolicySet set = files.policies();
      if (json) {
        ObjectNode document = AsciiJson.document("blkwarden.policies.v1");
        set.policies().stream().map(PolicyTree::of).forEach(document.putArray("policies")::add);
        document.set("brakes", PolicyTree.of(set.safetyLimits()));
        document.set("protect", PolicyTree.of(set.protect()));
        files.problems().forEach(document.putArray("problems")::addPOJO);
        context.print(document);
      } else {
        files.problems().forEach(each -> context.err().println(Printable.of(each.toString())));
        context.out().print(PolicyYaml.of(set));
      }
      return files.exitCode();
    }
  }

  /** A number of things, such as {@code 1 policy}. */
  static String count(int number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** Runs policy tests. */
  @Command(
      name = "test",
      description = {
        "Runs policy tests.",
        "A test has series of measurements and the expected alerts, throttles and decisions. It"
            + " runs in the controller's own engine. Exit code 1 if a test fails or a file cannot"
            + " be read."
      })
  static final class Test extends CliCommand.Json {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Test files.")
    List<Path> paths = new ArrayList<>();

    private final ArrayNode results = AsciiJson.MAPPER.createArrayNode();
    private final List<PolicyProblem> problems = new ArrayList<>();
    private int passed;
    private int failed;

    /** A test and its policies. */
    private record TestCase(Path path, PolicyTestFile.Trial test, PolicySet policies) {}

    @Override
    public Integer call() {
      List<TestCase> cases = new ArrayList<>();
      paths.forEach(path -> cases.addAll(read(path)));
      try (Progress progress = Progress.of(context)) {
        for (TestCase each : cases) {
          progress.at(
              passed + failed,
              cases.size(),
              "%d of %d tests".formatted(passed + failed, cases.size()));
          List<String> failures = PolicyTestRun.run(each.test(), each.policies());
          progress.clear();
          print(each, failures);
        }
      }
      if (json) {
        ObjectNode document = AsciiJson.document("blkwarden.policy-test.v1");
        document.put("passed", passed).put("failed", failed);
        document.set("tests", results);
        problems.forEach(document.putArray("problems")::addPOJO);
        context.print(document);
      } else {
        context.out().printf("%d tests passed, %d failed%n", passed, failed);
      }
      return problems.isEmpty() && failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    /** Reads the tests of a file; returns none, and prints the problems, if there are problems. */
    private List<TestCase> read(Path path) {
      List<PolicyProblem> found = new ArrayList<>();
      List<TestCase> cases = new ArrayList<>();
      PolicyFiles.one(path, found)
          .ifPresent(text -> {
            PolicyTestReader.Load load = PolicyTestReader.read(text);
            found.addAll(load.problems());
            PolicyTestFile file = load.file();
            if (file != null) {
              PolicyFiles files =
                  PolicyFiles.load(
                      file.policies().stream().map(path::resolveSibling).toList(),
                      file.labels() == null ? null : path.resolveSibling(file.labels()));
              found.addAll(files.problems());
              file.tests().forEach(test -> cases.add(new TestCase(path, test, files.policies())));
            }
          });
      problems.addAll(found);
      if (!json) {
        found.forEach(problem -> context.err().println(Printable.of(problem.toString())));
      }
      return found.isEmpty() ? cases : List.of();
    }

    private void print(TestCase each, List<String> failures) {
      boolean good = failures.isEmpty();
      passed += good ? 1 : 0;
      failed += good ? 0 : 1;
      if (json) {
        ObjectNode result = results.addObject();
        result.put("file", each.path().toString());
        result.put("name", each.test().name());
        result.put("passed", good);
        failures.forEach(result.putArray("failures")::add);
        return;
      }
      String name = Printable.of("%s: %s".formatted(each.path(), each.test().name()));
      TextStyle style = context.style();
      context.out().printf("%s  %s%n", good ? style.good("ok    ") : style.bad("FAILED"), name);
      for (String failure : failures) {
        failure.lines().forEach(line -> context.out().println("  " + Printable.of(line)));
      }
    }
  }

  /**
   * The policies and labels that a command line names, loaded as by the controller.
   *
   * @param count number of policy files
   * @param load the policy files
   * @param policies the valid policies with the labels
   * @param problems all problems, including files that cannot be read
   */
  record PolicyFiles(int count, PolicyLoad load, PolicySet policies, List<PolicyProblem> problems) {
    PolicyFiles {
      problems = List.copyOf(problems);
    }

    /** The exit code of a command that checks them. */
    int exitCode() {
      return problems.isEmpty() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    /**
     * Loads policies and labels.
     *
     * @param paths policy files, or directories of them
     * @param labels a labels file; absent for none
     */
    static PolicyFiles load(List<Path> paths, @Nullable Path labels) {
      List<PolicyProblem> problems = new ArrayList<>();
      List<PolicyFile> files = new ArrayList<>();
      paths.forEach(path -> files.addAll(read(path, problems)));
      int count = files.size() + problems.size();
      PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
      PolicySet policies = load.policies();
      problems.addAll(load.problems());
      PolicyFile file = labels == null ? null : one(labels, problems).orElse(null);
      if (file != null) {
        LabelsReader.Load labelled = LabelsReader.read(file, Labels.NONE);
        problems.addAll(labelled.problems());
        policies = policies.with(labelled.labels());
      }
      return new PolicyFiles(count, load, policies, problems);
    }

    /** Reads a file; adds a problem if it cannot be read. */
    static Optional<PolicyFile> one(Path path, List<PolicyProblem> problems) {
      try {
        return Optional.of(PolicyFolder.readFile(path, path.toString()));
      } catch (IOException e) {
        problems.add(unreadable(path, e));
        return Optional.empty();
      }
    }

    /** Reads a file or all policy files of a directory. */
    private static List<PolicyFile> read(Path path, List<PolicyProblem> problems) {
      if (!Files.isDirectory(path)) {
        return one(path, problems).stream().toList();
      }
      try {
        return PolicyFolder.read(path).stream()
            .map(file -> new PolicyFile(path.resolve(file.name()).toString(), file.text()))
            .toList();
      } catch (IOException e) {
        problems.add(unreadable(path, e));
        return List.of();
      }
    }

    private static PolicyProblem unreadable(Path path, IOException e) {
      return new PolicyProblem(
          path.toString(),
          "cannot be read (%s); check its name and permissions"
              .formatted(e.getClass().getSimpleName()));
    }
  }
}
