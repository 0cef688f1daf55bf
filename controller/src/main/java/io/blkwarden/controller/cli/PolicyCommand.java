package io.blkwarden.controller.cli;

import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.controller.policy.read.PolicyFile;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyProblem;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Policies without a controller. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Works on policy files; needs neither NATS nor a controller.",
    subcommands = {PolicyCommand.Check.class, PolicyShow.class, PolicyTest.class})
final class PolicyCommand {
  private PolicyCommand() {}

  /** Checks policy files. */
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Reads policy files as the controller would, all together, and prints every problem.",
        "Exit code 1 when there is any."
      })
  static final class Check implements Callable<Integer> {
    private final Shell shell;

    @Parameters(
        arity = "1..*",
        paramLabel = "FILE|DIR",
        description = "Files, and folders whose *.yaml and *.yml are read.")
    List<Path> paths = new ArrayList<>();

    @Option(names = "--json", description = "Print the problems as a JSON array.")
    boolean json;

    Check(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      List<PolicyFile> files = new ArrayList<>();
      boolean unreadable = false;
      for (Path path : paths) {
        try {
          files.addAll(PolicyFiles.read(path));
        } catch (IOException e) {
          unreadable = true;
          shell.err().println("blkwarden: " + Printable.of(String.valueOf(e.getMessage())));
        }
      }
      PolicyLoad load = PolicyReader.read(files, PolicyLoad.NONE);
      report(load, files.size());
      return unreadable || !load.problems().isEmpty() ? ExitCodes.FAILED : ExitCodes.DONE;
    }

    private void report(PolicyLoad load, int files) {
      if (json) {
        shell.out().println(MapJson.ASCII.writeValueAsString(load.problems()));
        return;
      }
      for (PolicyProblem problem : load.problems()) {
        shell.out().println(Printable.of(problem.toString()));
      }
      shell
          .out()
          .printf(
              "%d of %d files hold, with %d policies; %d problems%n",
              load.good().size(), files, load.policies().policies().size(), load.problems().size());
    }
  }
}
