package io.blkwarden.simulation.fleet;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.LimitGroups;
import io.blkwarden.model.DeviceNumber;
import java.util.List;
import java.util.Optional;

/** Groups that pass all on to others, for those that do something besides or instead. */
class ForwardingGroups implements LimitGroups {
  private final LimitGroups real;

  ForwardingGroups(LimitGroups real) {
    this.real = real;
  }

  @Override
  public Optional<String> unavailable() {
    return real.unavailable();
  }

  @Override
  public ReadResult<String> groupOf(int pid) {
    return real.groupOf(pid);
  }

  @Override
  public Optional<String> limit(String group, DeviceNumber device, int perSecond) {
    return real.limit(group, device, perSecond);
  }

  @Override
  public ReadResult<Integer> limitOf(String group, DeviceNumber device) {
    return real.limitOf(group, device);
  }

  @Override
  public Optional<String> move(int pid, String group) {
    return real.move(pid, group);
  }

  @Override
  public Optional<String> remove(String group) {
    return real.remove(group);
  }

  @Override
  public ReadResult<List<String>> groups() {
    return real.groups();
  }
}
