package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;

/**
 * An agent without threads, for deterministic simulation: the caller supplies every input. It has
 * the same core as {@link AgentRuntime}.
 */
public final class SteppedAgent {
  private final AgentCore core;

  private SteppedAgent(AgentCore core) {
    this.core = core;
  }

  /**
   * Creates an agent.
   *
   * @param bus receives what it publishes
   * @return failed if the boot id of the host cannot be read
   */
  public static ReadResult<SteppedAgent> create(
      AgentSettings settings, AgentPorts ports, ControlBus bus) {
    return BootId.read(ports.files())
        .map(boot ->
            new SteppedAgent(new AgentCore(settings, ports, bus, new AgentInbox(), boot.id())));
  }

  /** Takes over leases of an earlier run; call this first. */
  public void start(FoundLeases found) {
    core.start(found);
  }

  /** Time has passed: ends due leases, then runs the core's tick. */
  public void tick() {
    core.endDueLeases();
    core.on(new AgentInput.Tick());
  }

  /** Xenstore or the block devices changed. */
  public void changed() {
    core.on(new AgentInput.Changed());
  }

  /** A connection to NATS was established. */
  public void busUp() {
    core.on(new AgentInput.Connected());
  }

  /** A command was received; it is answered before this returns. */
  public void command(IncomingCommand command) {
    core.on(new AgentInput.CommandReceived(command));
  }
}
