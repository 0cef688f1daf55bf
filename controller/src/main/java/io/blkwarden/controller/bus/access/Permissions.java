package io.blkwarden.controller.bus.access;

import java.util.List;

/**
 * The permissions of a user; everything else is denied.
 *
 * @param publish subjects to publish to
 * @param subscribe subjects to subscribe to, without the inbox
 * @param inbox subjects of the replies to its requests
 * @param answers subjects for one reply to each received request; empty for none
 */
public record Permissions(
    List<String> publish, List<String> subscribe, String inbox, List<String> answers) {
  public Permissions {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
    answers = List.copyOf(answers);
  }
}
