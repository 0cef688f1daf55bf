package io.blkwarden.agent.bus;

/** Who hears the bus. Called on the bus's threads: it must only hand over. */
public interface BusListener {
  /** A connection stands, the first one or again: a fresh snapshot is in place. */
  void connected();

  /** There is no connection any more. */
  void disconnected(String reason);

  /**
   * A command came.
   *
   * @return whether it is taken; one that is not was refused as overload by the bus
   */
  boolean command(IncomingCommand command);
}
