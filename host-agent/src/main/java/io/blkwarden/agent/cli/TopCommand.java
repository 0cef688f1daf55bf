package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Tty;
import io.blkwarden.commandline.top.TopLoop;
import io.blkwarden.commandline.top.TopOptions;
import io.blkwarden.model.HostId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code blkwarden-agent top}: live I/O of the guest disks of this host. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = {
      "Shows live I/O of the guest disks of this host, the worst first; * marks throttled disks.",
      "On a terminal it uses the whole screen: < and > sort, / searches, Enter shows a disk, q"
          + " quits. In a pipe, or with --plain or --count, it prints a table per interval. Needs"
          + " no NATS, and changes nothing. Exits with 1 if the last scan was incomplete."
    })
final class TopCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HostOptions hostOptions = new HostOptions();
  @Mixin private RoleOptions roleOptions = new RoleOptions();
  @Mixin private StateOptions stateOptions = new StateOptions();
  @Mixin private TopOptions top = new TopOptions();

  @Override
  public Integer call() {
    top.check();
    CommandOutput output = new CommandOutput(spec.commandLine(), top.json());
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    Optional<RootedFiles> files = hostOptions.files(problems);
    Optional<HostId> host = files.flatMap(found -> hostOptions.host(found, problems));
    output.requireValid(problems);
    try (HostSources sources = HostSources.open(hostOptions.live(), files.orElseThrow(), output)) {
      return run(host.orElseThrow(), sources, roles, output);
    }
  }

  private int run(HostId host, HostSources sources, RolePatterns roles, CommandOutput output) {
    HostTop source =
        new HostTop(
            host,
            sources,
            roles,
            new LeaseFile(stateOptions.folders()),
            InstantSource.system(),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    source.get(); // rates need two scans
    Tty tty = Tty.ofProcess(System.getenv());
    try {
      new TopLoop(top, false, null, spec.commandLine().getOut(), tty, System::nanoTime).run(source);
    } catch (IOException e) {
      return output.failed("the terminal cannot be used: " + e.getMessage(), "use --plain");
    }
    return source.complete() ? ExitCodes.DONE : ExitCodes.FAILED;
  }
}
