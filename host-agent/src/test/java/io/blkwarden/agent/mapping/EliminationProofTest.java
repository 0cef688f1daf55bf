package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When elimination proves the last disk of a domain, and when not. */
final class EliminationProofTest {
  private final ResolverRun resolved = new ResolverRun();

  private static HostBuilder single() {
    return new HostBuilder()
        .disk(37, "xvda1", 51713, 19)
        .counters(37, 51713, 80, 80, 0)
        .thread(27443, 9000, "blkback.37.xvda", 80L * 512);
  }

  @Test
  void singleDiskNeedsTwoEqualSnapshots() {
    HostBuilder host = single();
    assertThat(resolved.resolve(host).of(37, "xvda1")).isEqualTo("ambiguous-name");
    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("27443:elimination");
  }

  @Test
  void idleDiskIsNotProven() {
    HostBuilder host = single().counters(37, 51713, 0, 0, 0).reads(27443, 0L);
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1"))
        .as("the thread may be left over from a removed disk")
        .isEqualTo("ambiguous-name");
  }

  @Test
  void idleDiskSeenConnectingHasTheNewThread() {
    HostBuilder host = new HostBuilder().disk(37, "xvda1", 51713, 19);
    host.change(37, 51713, edit -> edit.state(2));
    resolved.resolve(host);
    host.later(100)
        .change(37, 51713, edit -> edit.state(4))
        .thread(27443, 1_000_050, "blkback.37.xvda");
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("27443:elimination");
  }

  @Test
  void contradictingCountersPreventTheProof() {
    HostBuilder host = single().reads(27443, 80L * 512 + (2 << 20));
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("ambiguous-name");
  }

  @Test
  void additionalThreadPreventsTheProof() {
    HostBuilder host = single().thread(27445, 9000, "blkback.37.xvda", 0L);
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("ambiguous-name");
  }

  @Test
  void leftoverThreadIsNotProven() {
    HostBuilder host = single().disk(37, "xvda2", 51714, 20);
    resolved.resolve(host);
    host.later(100).backends.remove(new Vbd.Slot(37, 51714));
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("ambiguous-name");
    assertThat(resolved.resolve(host.later(100).bio(27443, 19)).of(37, "xvda1"))
        .as("but its own I/O proves it")
        .isEqualTo("27443:traced-bio");
  }

  @Test
  void unreadableTwinPreventsTheProof() {
    HostBuilder host = single().disk(37, "xvda2", 51714, 20);
    host.change(37, 51714, edit -> edit.state(null));
    resolved.resolve(host);

    assertThat(resolved.resolve(host.later(100)).of(37, "xvda1")).isEqualTo("ambiguous-name");
  }
}
