package io.blkwarden.agent.bus;

import java.util.Map;

/**
 * The state of the connection to the controllers.
 *
 * @param connected whether it is connected to NATS
 * @param faults faults by component, such as {@code nats}, {@code audit} or {@code mapping}
 * @param drops number of dropped or conflated messages since the start, by kind
 */
public record BusState(boolean connected, Map<String, String> faults, Map<String, Long> drops) {
  public BusState {
    faults = Map.copyOf(faults);
    drops = Map.copyOf(drops);
  }
}
