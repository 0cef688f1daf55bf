package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.config.PolicyFolder;
import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.PolicySet;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyFile;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyProblem;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.read.TrialReader;
import io.blkwarden.controller.policy.trial.TrialFile;
import io.blkwarden.controller.trial.TrialRun;
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

/** Tests policies on made-up hosts. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs tests of policies: series of measurements, and the alerts, throttles and decisions"
          + " expected at times. Uses the decisions of the controller itself.",
      "Exit code 1 when a test fails or a file cannot be read."
    })
final class PolicyTest implements Callable<Integer> {
  private final Shell shell;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of tests.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  private int passed;
  private int failed;
  private final ArrayNode results = MapJson.ASCII.createArrayNode();

  PolicyTest(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    boolean readable = true;
    for (Path path : paths) {
      readable &= file(path);
    }
    if (json) {
      ObjectNode root = MapJson.ASCII.createObjectNode();
      root.put("schema", "blkwarden.policy-test.v1");
      root.put("passed", passed);
      root.put("failed", failed);
      root.set("tests", results);
      shell.out().println(MapJson.ASCII.writeValueAsString(root));
    } else {
      shell.out().printf("%d tests passed, %d failed%n", passed, failed);
    }
    return readable && failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
  }

  /** Runs a file's tests; false when it cannot be read. */
  private boolean file(Path path) {
    try {
      TrialReader.Load load = TrialReader.read(PolicyFolder.readFile(path, path.toString()));
      TrialFile file = load.file();
      if (file == null) {
        return problems(load.problems());
      }
      List<PolicyProblem> problems = new ArrayList<>();
      PolicySet policies = policies(path.toAbsolutePath().resolveSibling(""), file, problems);
      if (!problems.isEmpty()) {
        return problems(problems);
      }
      file.tests().forEach(test -> run(path, test, policies));
      return true;
    } catch (IOException e) {
      shell.err().println("blkwarden: " + Printable.of(String.valueOf(e.getMessage())));
      return false;
    }
  }

  private boolean problems(List<PolicyProblem> problems) {
    problems.forEach(each -> shell.err().println(Printable.of(each.toString())));
    return false;
  }

  private static PolicySet policies(Path folder, TrialFile file, List<PolicyProblem> problems)
      throws IOException {
    List<PolicyFile> files = new ArrayList<>();
    for (String each : file.policies()) {
      files.addAll(PolicyFiles.read(folder.resolve(each)));
    }
    PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
    problems.addAll(load.problems());
    String labels = file.labels();
    if (labels == null) {
      return load.policies();
    }
    Path path = folder.resolve(labels);
    LabelsReader.Load said =
        LabelsReader.read(PolicyFolder.readFile(path, path.toString()), Labels.NONE);
    problems.addAll(said.problems());
    return load.policies().with(said.labels());
  }

  private void run(Path path, TrialFile.Trial test, PolicySet policies) {
    List<String> failures = TrialRun.run(test, policies);
    passed += failures.isEmpty() ? 1 : 0;
    failed += failures.isEmpty() ? 0 : 1;
    if (json) {
      ObjectNode result = results.addObject();
      result.put("file", path.toString());
      result.put("name", test.name());
      result.put("passed", failures.isEmpty());
      failures.forEach(result.putArray("failures")::add);
    } else {
      shell.out().printf("%-6s  %s%n", failures.isEmpty() ? "ok" : "FAILED", name(path, test));
      for (String failure : failures) {
        failure.lines().forEach(line -> shell.out().println("  " + Printable.of(line)));
      }
    }
  }

  private static String name(Path path, TrialFile.Trial test) {
    return Printable.of("%s: %s".formatted(path, test.name()));
  }
}
