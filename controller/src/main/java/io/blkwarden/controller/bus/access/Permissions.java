package io.blkwarden.controller.bus.access;

import java.util.List;

/**
 * What a user may do; everything else is denied.
 *
 * @param publish subjects that it may publish to
 * @param subscribe subjects that it may hear
 * @param answers whether it may answer requests that it hears, once each
 */
public record Permissions(List<String> publish, List<String> subscribe, boolean answers) {
  public Permissions {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
  }
}
