package io.blkwarden.agent.lease;

import io.blkwarden.agent.kernel.ReadResult;
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
  public ReadResult<String> groupOf(int pid) {
    return ReadResult.present(ROOT);
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    return unavailable();
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return ReadResult.absent(group);
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
  public ReadResult<List<String>> groups() {
    return ReadResult.present(List.of());
  }
}
