package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.app.AgentPorts;
import io.blkwarden.agent.app.AgentRuntime;
import io.blkwarden.agent.app.AgentSettings;
import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.bus.Controllers;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.agent.nats.NatsLink;
import io.blkwarden.agent.nats.NatsSettings;
import io.blkwarden.agent.queue.DesiredQueue;
import io.blkwarden.agent.queue.QueueTuner;
import io.blkwarden.agent.restraint.CgroupLimits;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.state.CommandSocket;
import io.blkwarden.agent.state.LeaseFile;
import io.blkwarden.agent.state.OutcomeFile;
import io.blkwarden.agent.state.StateFolders;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.agent.uevent.NetlinkUevents;
import io.blkwarden.agent.uevent.UeventNotice;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent of this host or of a captured tree, wired to its data sources and to NATS.
 *
 * @param runtime the agent itself
 * @param handOver the request to leave the leases to the next agent
 * @param sources closed after the stop
 */
record AgentProcess(AgentRuntime runtime, StateRequest handOver, HostSources sources) {
  private static final Logger LOG = LoggerFactory.getLogger(AgentProcess.class);

  /**
   * Starts an agent.
   *
   * @param desired queue settings of physical devices
   * @param root the root of {@code files}
   * @param live whether {@code root} is this host; a captured tree has no events and no tasks
   * @return failed with what is missing
   */
  static ReadResult<AgentProcess> start(
      AgentSettings settings,
      NatsSettings nats,
      DesiredQueue desired,
      RootedFiles files,
      Path root,
      boolean live,
      StateFolders folders) {
    SecureRandom random = new SecureRandom();
    AgentInbox inbox = new AgentInbox();
    LeaseFile leases = new LeaseFile(folders);
    Controllers controllers =
        new Controllers(
            new NatsLink(nats, random), nats.subjects(), new OutcomeFile(folders.main()));
    return (live ? HostSources.live(files, inbox::xen, random) : HostSources.captured(files))
        .flatMap(sources -> {
          FoundLeases found = leases.load();
          AgentPorts ports =
              new AgentPorts(
                  files,
                  sources.store(),
                  new HostScanner(files, sources.store(), sources.priorities(), inbox::blockChanges)
                      ::scan,
                  live ? tracing(files, sources.closing()) : sources.tracing(),
                  sources.priorities(),
                  live
                      ? CgroupLimits.of(files, root)
                      : LimitGroups.none("a captured tree has no limits"),
                  leases,
                  Optional.of(StateRequest.releaseAll(folders.main())),
                  AgentProcess::monotonicMillis,
                  InstantSource.system(),
                  random,
                  live ? queues(files, folders, desired) : Optional.empty());
          return AgentRuntime.create(settings, ports, inbox, controllers)
              .map(runtime -> {
                if (live) {
                  uevents(inbox, sources.closing());
                }
                runtime.start(found);
                localCommands(folders, inbox, sources.closing());
                StateRequest handOver = StateRequest.handOver(folders.main());
                handOver.remove().ifPresent(fault -> LOG.warn("{}", fault));
                return new AgentProcess(runtime, handOver, sources);
              });
        });
  }

  /** CLOCK_MONOTONIC, which all processes of a boot share. */
  private static long monotonicMillis() {
    return System.nanoTime() / 1_000_000;
  }

  private static Tracing tracing(RootedFiles files, Deque<Runnable> closing) {
    Tracing tracing = BioTracing.open(files, closing);
    tracing.unavailable().ifPresent(reason -> LOG.warn("tracing is not available: {}", reason));
    return tracing;
  }

  private static Optional<QueueTuner> queues(
      RootedFiles files, StateFolders folders, DesiredQueue desired) {
    ReadResult<QueueTuner> queues = HostQueues.recover(files, folders, desired, true);
    if (!queues.isPresent()) {
      LOG.error("queue settings are neither changed nor restored: {}", queues.describe());
    }
    return queues.toOptional();
  }

  private static void localCommands(
      StateFolders folders, AgentInbox inbox, Deque<Runnable> closing) {
    switch (CommandSocket.open(
        folders.main(), AgentProcess::monotonicMillis, inbox::localCommand)) {
      case ReadResult.Present<CommandSocket>(CommandSocket socket) -> closing.push(socket::close);
      case ReadResult<CommandSocket> none ->
          LOG.warn(
              "'blkwarden-agent throttle' and 'release' do not work on this host: {}",
              none.describe());
    }
  }

  private static void uevents(AgentInbox inbox, Deque<Runnable> closing) {
    inbox.ueventsStarted();
    switch (NetlinkUevents.open(inbox::uevent, NetlinkUevents.BUFFER_BYTES)) {
      case ReadResult.Present<NetlinkUevents>(NetlinkUevents uevents) ->
          closing.push(uevents::close);
      case ReadResult<NetlinkUevents> none -> {
        LOG.warn("uevents are not available, changes are found by scans: {}", none.describe());
        inbox.uevent(new UeventNotice.Stopped(none.describe()));
      }
    }
  }

  /** Ends the leases, or leaves them to the next agent if a hand-over was requested. */
  void stop() {
    if (handOver.isValid(Instant.now())) {
      runtime.handOver();
    } else {
      runtime.stop();
    }
    sources.close();
  }
}
