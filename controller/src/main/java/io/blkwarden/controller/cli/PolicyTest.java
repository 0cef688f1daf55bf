package io.blkwarden.controller.cli;

import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Ink;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.PolicyTestReader;
import io.blkwarden.controller.policy.testfile.PolicyTestFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.controller.policytest.PolicyTestRun;
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

/** Runs policy tests. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs policy tests: each gives a series of measurements, and the alerts, throttles and"
          + " decisions expected at given times. Runs the controller's own engine.",
      "Exit code 1 if a test fails or a file cannot be read."
    })
final class PolicyTest implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Test files.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  private final ArrayNode results = AsciiJson.MAPPER.createArrayNode();
  private final ArrayNode problems = AsciiJson.MAPPER.createArrayNode();
  private int passed;
  private int failed;

  PolicyTest(CommandContext context) {
    this.context = context;
  }

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
      ObjectNode root = AsciiJson.MAPPER.createObjectNode();
      root.put("schema", "blkwarden.policy-test.v1");
      root.put("passed", passed);
      root.put("failed", failed);
      root.set("tests", results);
      root.set("problems", problems);
      context.out().println(AsciiJson.MAPPER.writeValueAsString(root));
    } else {
      context.out().printf("%d tests passed, %d failed%n", passed, failed);
    }
    return problems.isEmpty() && failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /** Reads the tests of a file; returns none, and prints the problems, if there are problems. */
  private List<TestCase> read(Path path) {
    List<PolicyProblem> found = new ArrayList<>();
    try {
      PolicyTestReader.Load load = PolicyTestReader.read(PolicyFiles.one(path));
      found.addAll(load.problems());
      PolicyTestFile file = load.file();
      if (file != null) {
        PolicyFiles.Loaded loaded =
            PolicyFiles.load(
                file.policies().stream().map(path::resolveSibling).toList(),
                file.labels() == null ? null : path.resolveSibling(file.labels()));
        found.addAll(loaded.problems());
        if (found.isEmpty()) {
          return file.tests().stream()
              .map(test -> new TestCase(path, test, loaded.policies()))
              .toList();
        }
      }
      found.forEach(problem -> {
        problems.addPOJO(problem);
        if (!json) {
          context.err().println(Printable.of(problem.toString()));
        }
      });
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      problems.addPOJO(new PolicyProblem(path.toString(), why));
      if (!json) {
        context.failed(why, PolicyFiles.REMEDY);
      }
    }
    return List.of();
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
    Ink ink = context.ink();
    context.out().printf("%s  %s%n", good ? ink.good("ok    ") : ink.bad("FAILED"), name);
    for (String failure : failures) {
      failure.lines().forEach(line -> context.out().println("  " + Printable.of(line)));
    }
  }
}
