package io.blkwarden.agent.cli;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.nats.NatsCheck;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.trace.TraceCheck;
import io.blkwarden.agent.uevent.NetlinkUevents;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStoreCheck;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import io.blkwarden.commandline.AsciiJson;
import io.blkwarden.commandline.Check;
import io.blkwarden.commandline.ExitCodes;
import io.blkwarden.commandline.TextStyle;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Printable;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code blkwarden-agent doctor}: checks what the agent needs on this host. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Checks whether the agent can run on this host, and whether ionice has an effect.",
      "Changes nothing. Exits with 1 if a check fails."
    })
final class DoctorCommand implements Callable<Integer> {
  @Mixin private CommandOutput output = new CommandOutput();
  @Mixin private HostOptions hostOptions = new HostOptions();
  @Mixin private BusOptions busOptions = new BusOptions();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Option(names = "--no-nats", description = "Skip the NATS check.")
  private boolean noNats;

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    Optional<RootedFiles> files = hostOptions.files(problems);
    Optional<NatsSettings> nats =
        files
            .flatMap(found -> hostOptions.host(found, problems))
            .flatMap(host -> busOptions.settings(host, problems));
    output.requireValid(problems);
    RootedFiles found = files.orElseThrow();
    ReadResult<HostSources> sources = HostSources.open(hostOptions.live(), found);
    ReadResult<List<MappedDisk>> disks = sources.flatMap(HostChecks::scan);
    sources.toOptional().ifPresent(HostSources::close);
    List<Check> checks = new ArrayList<>(HostChecks.devices(found, disks.orElse(List.of())));
    Check limits = HostChecks.limits(found, hostOptions.root);
    checks.add(limits);
    checks.add(HostChecks.disks(disks, limits.state() == Check.State.OK));
    if (hostOptions.live()) {
      int pid = (int) ProcessHandle.current().pid();
      checks.addAll(HostChecks.rights());
      checks.addAll(XenStoreCheck.run(XenStoreSettings.of(hostOptions.root), new SecureRandom()));
      checks.add(NetlinkUevents.check());
      checks.add(TraceCheck.run(hostOptions.root, found, pid));
      checks.addAll(HostChecks.counters(found));
      checks.addAll(HostChecks.processes(found));
      checks.add(HostChecks.leases(stateOptions.stateDir));
      checks.add(HostChecks.queues(found, stateOptions.stateDir));
    } else {
      checks.add(dump(found));
    }
    if (!noNats) {
      nats.ifPresent(settings -> checks.addAll(NatsCheck.run(settings)));
    }
    output.print(output.json() ? json(checks) : text(checks, output.style()));
    return checks.stream().anyMatch(check -> check.state() == Check.State.FAIL)
        ? ExitCodes.FAILED
        : ExitCodes.DONE;
  }

  private static Check dump(RootedFiles files) {
    ReadResult<TextXenStore> store = HostSources.dump(files);
    return store instanceof ReadResult.Present<TextXenStore>(TextXenStore read)
        ? Check.ok("xenstore", "xenstore.txt has %d nodes".formatted(read.size()))
        : Check.fail(
            "xenstore", store.describe(), "Write the output of xenstore-ls -f to xenstore.txt.");
  }

  private static String json(List<Check> checks) {
    return AsciiJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(checks) + "\n";
  }

  private static String text(List<Check> checks, TextStyle style) {
    StringBuilder text = new StringBuilder();
    for (Check check : checks) {
      text.append(state(check, style))
          .append(" %-20s %s%n".formatted(check.name(), Printable.of(check.detail())));
      if (!check.remedy().isEmpty()) {
        text.append("%-5s %-20s -> %s%n".formatted("", "", Printable.of(check.remedy())));
      }
    }
    return text.toString();
  }

  private static String state(Check check, TextStyle style) {
    String text = "%-5s".formatted(check.state().wire());
    return switch (check.state()) {
      case OK -> style.good(text);
      case WARN -> style.warning(text);
      case FAIL -> style.bad(text);
    };
  }
}
