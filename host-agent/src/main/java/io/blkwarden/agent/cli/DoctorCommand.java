package io.blkwarden.agent.cli;

import io.blkwarden.agent.bus.BusSettings;
import io.blkwarden.agent.bus.NatsCheck;
import io.blkwarden.agent.doctor.Check;
import io.blkwarden.agent.kernel.RootedFiles;
import io.blkwarden.agent.probe.FileBytes;
import io.blkwarden.agent.probe.Reading;
import io.blkwarden.agent.trace.TraceCheck;
import io.blkwarden.agent.uevent.UeventCheck;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStoreCheck;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import io.blkwarden.commandline.ExitCodes;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code blkwarden-agent doctor}: what works here, and what to do about what does not. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Tells whether the agent can work here and whether ionice has an effect.",
      "Changes nothing. Exits 1 when something does not work."
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private HostOptions hostOptions = new HostOptions();
  @Mixin private BusOptions busOptions = new BusOptions();
  @Mixin private StateOptions stateOptions = new StateOptions();

  @Option(names = "--no-nats", description = "Do not try to reach NATS.")
  private boolean noNats;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    Reading<RootedFiles> files = hostOptions.files();
    if (!(files instanceof Reading.Present<RootedFiles>(RootedFiles found))) {
      spec.commandLine().getErr().println("error: --root: " + files.describe());
      return ExitCodes.USAGE;
    }
    Optional<BusSettings> bus =
        hostOptions.host(found, problems).flatMap(host -> busOptions.settings(host, problems));
    if (!problems.isEmpty()) {
      problems.forEach(problem -> spec.commandLine().getErr().println("error: " + problem));
      return ExitCodes.USAGE;
    }
    List<Check> checks = new ArrayList<>(HostChecks.devices(found));
    checks.add(HostChecks.limits(found, hostOptions.root));
    if (hostOptions.live()) {
      int pid = (int) ProcessHandle.current().pid();
      checks.addAll(HostChecks.rights(found));
      checks.addAll(XenStoreCheck.run(XenStoreSettings.of(hostOptions.root), new SecureRandom()));
      checks.addAll(UeventCheck.run());
      checks.addAll(TraceCheck.run(hostOptions.root, found, pid));
      checks.add(HostChecks.leases(stateOptions.stateDir));
      checks.add(HostChecks.queues(found, stateOptions.stateDir));
    } else {
      checks.add(dump(found));
    }
    if (!noNats) {
      bus.ifPresent(settings -> checks.addAll(NatsCheck.run(settings)));
    }
    print(checks);
    return checks.stream().anyMatch(check -> check.state() == Check.State.FAIL)
        ? ExitCodes.FAILED
        : ExitCodes.DONE;
  }

  private static Check dump(RootedFiles files) {
    Reading<TextXenStore> store =
        files
            .read("xenstore.txt", new FileBytes(64 << 20))
            .flatMap(bytes -> TextXenStore.parse(bytes.text()));
    return store instanceof Reading.Present<TextXenStore>(TextXenStore read)
        ? Check.ok("xenstore", "xenstore.txt has %d nodes".formatted(read.size()))
        : Check.fail(
            "xenstore", store.describe(), "Put what xenstore-ls -f prints into xenstore.txt.");
  }

  private void print(List<Check> checks) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      record Shown(String name, String state, String detail, String remedy) {}
      out.println(
          JsonMapper.builder()
              .build()
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(
                  checks.stream()
                      .map(check ->
                          new Shown(
                              check.name(), check.state().id(), check.detail(), check.remedy()))
                      .toList()));
    } else {
      for (Check check : checks) {
        out.printf("%-5s %-20s %s%n", check.state().id(), check.name(), check.detail());
        if (!check.remedy().isEmpty()) {
          out.printf("%-5s %-20s -> %s%n", "", "", check.remedy());
        }
      }
    }
    out.flush();
  }
}
