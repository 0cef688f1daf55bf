package io.blkwarden.controller.bus.access;

import java.util.List;

/**
 * The permissions of a user; everything else is denied.
 *
 * @param publish subjects that it may publish to
 * @param subscribe subjects that it may subscribe to, its inbox apart
 * @param inbox subjects of the replies to its requests
 * @param answers reply subjects on which it may answer a request that it received, once each; empty
 *     if it answers none
 */
public record Permissions(
    List<String> publish, List<String> subscribe, String inbox, List<String> answers) {
  public Permissions {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
    answers = List.copyOf(answers);
  }
}
