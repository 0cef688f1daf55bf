package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.Tty;
import io.blkwarden.commandline.top.TopLoop;
import io.blkwarden.commandline.top.TopOptions;
import io.blkwarden.model.HostId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code blkwarden-agent top}: what each guest disk of this host does, live. */
@Command(
    name = "top",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what each guest disk of this host does, the worst first, and which are throttled (*).",
      "On a terminal it takes the whole screen: letters sort, / finds, q ends. Into a pipe, or with"
          + " --plain or --count, it prints a table for each interval. Needs no NATS, and changes"
          + " nothing. Exits 1 when the last look did not see all that it has to."
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
    CommandOutput voice = CommandOutput.of(spec.commandLine(), top.json());
    List<String> problems = new ArrayList<>();
    RolePatterns roles = roleOptions.patterns(problems);
    ReadResult<RootedFiles> rooted = hostOptions.files();
    if (!(rooted instanceof ReadResult.Present<RootedFiles>(RootedFiles files))) {
      problems.add("--root: " + rooted.describe());
      return voice.unusable(problems);
    }
    Optional<HostId> host = hostOptions.host(files, problems);
    if (!problems.isEmpty()) {
      return voice.unusable(problems);
    }
    Deque<Runnable> closing = new ArrayDeque<>();
    try {
      ReadResult<MapSources> sources =
          hostOptions.live() ? MapHosts.live(files, closing) : MapHosts.captured(files);
      return sources instanceof ReadResult.Present<MapSources>(MapSources found)
          ? run(host.orElseThrow(), found, roles)
          : voice.failed(sources.describe(), "see 'blkwarden-agent doctor'");
    } catch (IOException e) {
      return voice.failed(
          "the terminal cannot be used: " + e.getMessage(), "print into a pipe by --plain");
    } finally {
      closing.forEach(Runnable::run);
    }
  }

  private int run(HostId host, MapSources sources, RolePatterns roles) throws IOException {
    HostTop looks =
        new HostTop(
            host,
            sources,
            roles,
            new LeaseFile(stateOptions.folders()),
            InstantSource.system(),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    looks.get(); // rates need a first look
    Tty tty = Tty.ofProcess(System.getenv());
    new TopLoop(top, false, spec.commandLine().getOut(), tty, System::nanoTime).run(looks);
    return looks.complete() ? ExitCodes.DONE : ExitCodes.FAILED;
  }
}
