package io.blkwarden.agent.app;

import io.blkwarden.agent.bus.ControlBus;
import io.blkwarden.agent.bus.IncomingCommand;
import io.blkwarden.agent.kernel.BootId;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LeaseStore.FoundLeases;

/**
 * An agent without a thread: its owner brings every input, one at a time, and so decides what
 * happens when. It has the same core as {@link AgentRuntime}.
 */
public final class SteppedAgent {
  private final AgentCore core;

  private SteppedAgent(AgentCore core) {
    this.core = core;
  }

  /**
   * Makes an agent.
   *
   * @param bus takes what it publishes
   * @return failed when the host's boot id cannot be read
   */
  public static ReadResult<SteppedAgent> create(
      AgentSettings settings, AgentPorts ports, ControlBus bus) {
    return BootId.read(ports.files())
        .map(boot ->
            new SteppedAgent(new AgentCore(settings, ports, bus, new AgentInbox(), boot.id())));
  }

  /** Takes over what an earlier run left; to be called before all else. */
  public void start(FoundLeases found) {
    core.start(found);
  }

  /**
   * Time has passed: ends what is due, as a thread of its own does in a dom0, and then the rest.
   */
  public void tick() {
    core.endDue();
    core.on(new AgentInput.Tick());
  }

  /** Something below xenstore or among the devices changed. */
  public void changed() {
    core.on(new AgentInput.Changed());
  }

  /** The bus has a connection, the first one or again. */
  public void busUp() {
    core.on(new AgentInput.BusUp());
  }

  /** A command came; it is answered before this returns. */
  public void command(IncomingCommand command) {
    core.on(new AgentInput.CommandCame(command));
  }
}
