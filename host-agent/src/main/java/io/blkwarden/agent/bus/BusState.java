package io.blkwarden.agent.bus;

import java.util.Map;

/**
 * How the bus is doing.
 *
 * @param connected whether a connection stands
 * @param faults what is wrong, by what it concerns: {@code nats}, {@code audit}, {@code mapping} or
 *     {@code mapping-bucket}; empty when nothing is
 * @param drops what was dropped or conflated since the start, by kind
 */
public record BusState(boolean connected, Map<String, String> faults, Map<String, Long> drops) {
  public BusState {
    faults = Map.copyOf(faults);
    drops = Map.copyOf(drops);
  }
}
