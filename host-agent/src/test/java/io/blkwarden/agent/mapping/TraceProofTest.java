package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.BackendKind;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Twins of which one submitted a traced bio. */
final class TraceProofTest {
  private final ResolverRun resolved = new ResolverRun();
  private final HostBuilder host =
      new HostBuilder()
          .disk(37, "xvda1", 51713, 19)
          .disk(37, "xvda2", 51714, 20)
          .thread(27443, 9000, "blkback.37.xvda")
          .thread(27444, 9000, "blkback.37.xvda");

  @Test
  void biosOfTheFirstSnapshotAreIgnored() {
    resolved.resolve(host.bio(27444, 20));

    assertThat(resolved.of(37, "xvda2"))
        .as("the owner of the pid at the time of the bio is unknown")
        .isEqualTo("ambiguous-name");
  }

  @Test
  void threadYoungerThanTheLastDrainIsIgnored() {
    resolved.resolve(host);
    host.later(100).thread(27444, 1_000_050, "blkback.37.xvda").bio(27444, 20);
    assertThat(resolved.resolve(host).of(37, "xvda2")).isEqualTo("ambiguous-name");

    host.later(100).bio(27444, 20);
    assertThat(resolved.resolve(host).of(37, "xvda2")).isEqualTo("27444:traced-bio");
  }

  @Test
  void proofLastsWithoutFurtherBios() {
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));
    resolved.resolve(host.later(100));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("27444:traced-bio");
    assertThat(resolved.last().next().proofs()).hasSize(1);
  }

  @Test
  void proofIsDroppedWhenTheNodeChanges() {
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));
    resolved.resolve(host.later(100).change(37, 51714, edit -> edit.state(5)));
    resolved.resolve(host.later(100).change(37, 51714, edit -> edit.state(4)));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
    assertThat(resolved.last().next().proofs()).isEmpty();
  }

  @Test
  void evidenceOfEndedThreadsIsDropped() {
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));
    host.later(100).threads.remove(27444);

    assertThat(resolved.resolve(host).last().next().proofs()).isEmpty();
  }

  @Test
  void biosOfOtherTasksAreIgnored() {
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(4711, 20));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
  }

  @Test
  void deviceOfTwoDisksProvesNothing() {
    host.disk(38, "xvda1", 51713, 20);
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
  }

  @Test
  void deviceSharedWithAnotherBackendKindProvesNothing() {
    host.disk(38, "xvda1", 51713, 20).change(38, 51713, edit -> edit.kind(BackendKind.QDISK));
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
  }

  @Test
  void deviceBelowTheTwinProvesNothing() {
    host.stack(19, Set.of(HostBuilder.dm(20)));
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27443, 20));

    assertThat(resolved.of(37, "xvda2"))
        .as("27443 may serve xvda1, whose I/O passes through xvda2's device")
        .isEqualTo("ambiguous-name");

    resolved.resolve(host.later(100).bio(27443, 19));
    assertThat(resolved.of(37, "xvda1")).isEqualTo("27443:traced-bio");
  }

  @Test
  void twinWithUnknownStackPreventsTheProof() {
    host.stacks.remove(HostBuilder.dm(19));
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27444, 20));

    assertThat(resolved.of(37, "xvda2")).isEqualTo("ambiguous-name");
  }

  @Test
  void threadOnBothDevicesIsALastingConflict() {
    resolved.resolve(host);
    resolved.resolve(host.later(100).bio(27443, 19));
    resolved.resolve(host.later(100).bio(27443, 20));
    resolved.resolve(host.later(100));

    assertThat(resolved.of(37, "xvda1")).isEqualTo("conflicting-proofs");
    assertThat(resolved.of(37, "xvda2")).isEqualTo("conflicting-proofs");
  }
}
