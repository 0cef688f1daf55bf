package io.blkwarden.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.backend.blkback.BlkbackName;
import io.blkwarden.model.BackendKind;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class HostSnapshotTest {
  private static Backend disk(BackendKind kind, int domid, int handle, @Nullable String dev) {
    return new Backend(
        kind,
        domid,
        handle,
        dev,
        "w",
        null,
        4,
        true,
        null,
        null,
        Backend.KthreadPids.NONE,
        1,
        null,
        null,
        null);
  }

  private static boolean suffice(List<String> threads, Backend... disks) {
    return HostSnapshot.untruncatedNamesSuffice(
        threads.stream().map(name -> BlkbackName.parse(name).orElseThrow()).toList(),
        Arrays.asList(disks));
  }

  private static final Backend XVDA = disk(BackendKind.VBD, 7, 51712, "xvda");
  private static final Backend XVDB = disk(BackendKind.VBD, 7, 51728, "xvdb");

  @Test
  void untruncatedUniqueNamesAreSufficient() {
    assertThat(suffice(List.of("7.xvda-0", "7.xvda-1", "blkback.7.xvdb"), XVDA, XVDB)).isTrue();
    assertThat(suffice(List.of(), XVDA)).isTrue();
  }

  @Test
  void possiblyTruncatedNameIsNotSufficient() {
    assertThat(suffice(List.of("7.xvda-0", "blkback.137.xvd"), XVDA, XVDB)).isFalse();
    assertThat(suffice(List.of("xvd 7 fd:14"), XVDA)).as("named after the device number").isFalse();
  }

  @Test
  void duplicateOrMissingDiskNamesAreNotSufficient() {
    assertThat(suffice(List.of(), XVDA, disk(BackendKind.VBD, 7, 1, "/dev/xvda"))).isFalse();
    assertThat(suffice(List.of(), XVDA, disk(BackendKind.VBD, 8, 1, "xvda"))).isTrue();
    assertThat(suffice(List.of(), disk(BackendKind.VBD, 7, 1, null))).isFalse();
    assertThat(suffice(List.of(), disk(BackendKind.VBD, 7, 1, "xvd\u00e9"))).isFalse();
    assertThat(suffice(List.of(), XVDA, disk(BackendKind.QDISK, 7, 1, "xvda"))).isTrue();
  }
}
