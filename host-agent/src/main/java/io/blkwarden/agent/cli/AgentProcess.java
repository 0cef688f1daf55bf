package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.HandOver;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.state.OutcomeFile;
import io.blkwarden.agent.state.ReleaseRequest;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.trace.BioTrace;
import io.blkwarden.agent.uevent.NetlinkUevents;
import io.blkwarden.agent.uevent.UeventNotice;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** An agent with everything real around it: the one place where all is put together. */
final class AgentProcess {
  private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);

  private final AgentRuntime runtime;
  private final HandOver handOver;
  private final Deque<Runnable> closing;

  private AgentProcess(AgentRuntime runtime, HandOver handOver, Deque<Runnable> closing) {
    this.runtime = runtime;
    this.handOver = handOver;
    this.closing = closing;
  }

  /**
   * Starts an agent.
   *
   * @param wish what is to be set of devices' queues
   * @param live whether {@code root} is this host itself; a captured tree has no events, and no
   *     tasks whose priority could be set
   * @return failed with what is missing
   */
  static ReadResult<AgentProcess> start(
      AgentSettings settings,
      NatsSettings bus,
      DesiredQueue wish,
      Path root,
      boolean live,
      StateFolders folders) {
    Deque<Runnable> closing = new ArrayDeque<>();
    SecureRandom random = new SecureRandom();
    AgentInbox inbox = new AgentInbox();
    return RootedFiles.below(root)
        .flatMap(files ->
            HostSources.xenStore(root, live, files, inbox, random, closing)
                .flatMap(xenStore ->
                    priorities(live)
                        .flatMap(priorities -> {
                          LeaseFile leases = new LeaseFile(folders);
                          FoundLeases found = leases.load();
                          AgentPorts ports =
                              new AgentPorts(
                                  files,
                                  xenStore,
                                  new HostScanner(files, xenStore, priorities, inbox::blockChanges)
                                      ::scan,
                                  live
                                      ? tracing(root, files, closing)
                                      : Tracing.none("a captured tree has no I/O to trace"),
                                  priorities,
                                  limits(live, files, root),
                                  leases,
                                  Optional.of(new ReleaseRequest(folders.main())),
                                  AgentProcess::monotonicMillis,
                                  InstantSource.system(),
                                  random,
                                  live
                                      ? HostQueues.open(files, root, folders, wish)
                                      : Optional.empty());
                          Controllers controllers =
                              new Controllers(
                                  new NatsLink(bus, random),
                                  bus.subjects(),
                                  new OutcomeFile(folders.main()));
                          return AgentRuntime.create(settings, ports, inbox, controllers)
                              .map(runtime -> {
                                if (live) {
                                  uevents(inbox, closing);
                                }
                                runtime.start(found);
                                HandOver handOver =
                                    new HandOver(folders.main(), InstantSource.system());
                                handOver.clear().ifPresent(why -> LOG.warn("{}", why));
                                return new AgentProcess(runtime, handOver, closing);
                              });
                        })));
  }

  /** CLOCK_MONOTONIC, which all processes of a boot share. */
  private static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private static ReadResult<IoPriorities> priorities(boolean live) {
    return live
        ? LinuxIoPriorities.open().map(priorities -> priorities)
        : ReadResult.present(new NoPriorities());
  }

  private static LimitGroups limits(boolean live, RootedFiles files, Path root) {
    return live
        ? new CgroupLimits(files, root)
        : LimitGroups.none("nothing is limited on a captured tree");
  }

  private static Tracing tracing(Path root, RootedFiles files, Deque<Runnable> closing) {
    return switch (BioTrace.open(root, files, (int) ProcessHandle.current().pid())) {
      case ReadResult.Present<BioTrace>(BioTrace trace) -> {
        closing.push(trace::close);
        yield new BioTracing(trace);
      }
      case ReadResult<BioTrace> none -> {
        LOG.warn("tracing: {}", none.describe());
        yield Tracing.none(none.describe());
      }
    };
  }

  private static void uevents(AgentInbox inbox, Deque<Runnable> closing) {
    inbox.hearsUevents();
    switch (NetlinkUevents.open(inbox::uevent)) {
      case ReadResult.Present<NetlinkUevents>(NetlinkUevents uevents) ->
          closing.push(uevents::close);
      case ReadResult<NetlinkUevents> none -> {
        LOG.warn("uevents: {}; changes are found by scans only", none.describe());
        inbox.uevent(new UeventNotice.Stopped(none.describe()));
      }
    }
  }

  /** The agent itself. */
  AgentRuntime runtime() {
    return runtime;
  }

  /** Completes if the agent can no longer do its work. */
  Mono<Throwable> broken() {
    return runtime.broken();
  }

  /** Ends the leases, or leaves them to the next agent if that is wished; lets go of the rest. */
  void stop() {
    if (handOver.stands()) {
      runtime.handOver();
    } else {
      runtime.stop();
    }
    closing.forEach(Runnable::run);
  }
}
