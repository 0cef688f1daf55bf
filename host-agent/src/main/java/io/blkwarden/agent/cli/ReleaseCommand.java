package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.lease.Lease;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.model.message.CommandAction;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code blkwarden-agent release}: ends the throttle of a disk, by any issuer. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    description = {
      "Ends the throttle of a disk of this host, without NATS or a controller.",
      "Needs root and a running agent. Controllers do not throttle the disk again until its breach"
          + " is over."
    })
final class ReleaseCommand implements Callable<Integer> {
  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private LocalRequest request = new LocalRequest();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "released",
      description = "Reason, for the audit trail (default: ${DEFAULT-VALUE}).")
  private String reason = "";

  @Override
  public Integer call() {
    FoundLeases found = new LeaseFile(request.stateOptions.folders()).peek();
    List<Lease> leases =
        found.stored().stream()
            .flatMap(all -> all.leases().stream())
            .filter(lease -> HostMap.isNamed(request.disk, lease.domain(), lease.vdev()))
            .toList();
    if (leases.size() != 1) {
      found.faults().forEach(output::note);
      return output.failed(
          "expected one throttle of %s in --state-dir %s, found %d"
              .formatted(request.disk, request.stateOptions.stateDir, leases.size()),
          "run this as root; see 'blkwarden-agent top', or end all: 'blkwarden-agent release-all'");
    }
    RootedFiles files = output.require(RootedFiles.below(Path.of("/")), StateOptions.REMEDY);
    return request.send(files, new CommandAction.Reset(leases.getFirst().id()), reason, output);
  }
}
