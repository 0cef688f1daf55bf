package io.blkwarden.agent.throttle;

import io.blkwarden.agent.probe.Reading;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;

/** A host on which no limit can be set: nothing is moved, and nobody is in a group of ours. */
record NoLimitGroups(String why) implements LimitGroups {
  @Override
  public Optional<String> unavailable() {
    return Optional.of(why);
  }

  @Override
  public Reading<String> groupOf(int pid) {
    return Reading.present(ROOT);
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    return unavailable();
  }

  @Override
  public Reading<Integer> limitOf(String group, DeviceNumber device) {
    return Reading.absent(group);
  }

  @Override
  public Optional<String> move(int pid, String group) {
    return unavailable();
  }

  @Override
  public Optional<String> remove(String group) {
    return Optional.empty();
  }

  @Override
  public Reading<List<String>> groups() {
    return Reading.present(List.of());
  }
}
