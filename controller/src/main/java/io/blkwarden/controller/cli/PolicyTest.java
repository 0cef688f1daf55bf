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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
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
final class PolicyTest extends JsonCommand {
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
    Ink ink = context.ink();
    context.out().printf("%s  %s%n", good ? ink.good("ok    ") : ink.bad("FAILED"), name);
    for (String failure : failures) {
      failure.lines().forEach(line -> context.out().println("  " + Printable.of(line)));
    }
  }
}
