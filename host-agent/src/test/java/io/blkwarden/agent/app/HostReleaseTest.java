package io.blkwarden.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.lease.TestHost;
import io.blkwarden.agent.state.StateRequest;
import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostReleaseTest {
  private static final QueueKeeper NO_QUEUES = new QueueKeeper(Optional.empty(), () -> {});

  @TempDir Path directory;

  @Test
  void requestStaysPendingWhileALeaseIsStuck() {
    TestHost host = new TestHost();
    MappedDisk disk = host.addDisk(137, "xvda2", 500, 1);
    host.send(host.request(disk, host.id(), IoPriority.IDLE, 60_000));
    host.kernel.refuse(500, true);
    StateRequest request = StateRequest.releaseAll(directory);
    request.make();
    List<Outcome> published = new ArrayList<>();

    for (int tick = 0; tick < 3; tick++) {
      assertThat(
              new SharedLeases(host.throttler)
                  .releaseAll(request, NO_QUEUES, host.nowMillis, published::addAll))
          .isEmpty();
    }
    assertThat(request.isPending()).isTrue();
    assertThat(request.stuck()).contains("xvda2");
    assertThat(published).as("published once").hasSize(1);

    host.kernel.refuse(500, false);
    host.later(1_000);
    new SharedLeases(host.throttler)
        .releaseAll(request, NO_QUEUES, host.nowMillis, published::addAll);

    assertThat(request.isPending()).isFalse();
    assertThat(host.kernel.priority(500)).isEqualTo(IoPriority.UNSET);
  }
}
