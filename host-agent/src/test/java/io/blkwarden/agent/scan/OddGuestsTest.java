package io.blkwarden.agent.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.DomainRef;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Malformed data of one guest must not block the mapping of all others. */
final class OddGuestsTest {
  private static final String GOOD =
      """
      /local/domain/1/name = "vm101"
      /local/domain/1/vm = "/vm/00000000-0000-0000-0000-000000000001"
      """;

  private static XenStore store(String text) {
    return switch (TextXenStore.parse(text)) {
      case ReadResult.Present<TextXenStore>(TextXenStore store) -> store;
      case ReadResult<TextXenStore> other -> throw new AssertionError(other.describe());
    };
  }

  private static List<DomainRef> domains(String text, ScanFaults faults) {
    return DomainScan.read(store(text), faults);
  }

  private static void nothingEssential(ScanFaults faults) {
    assertThat(faults.all()).isNotEmpty().noneMatch(UnreadSource::essential);
  }

  @Test
  void malformedNameIsReplacedByTheUuid() {
    ScanFaults faults = new ScanFaults();
    List<DomainRef> found =
        domains(
            GOOD
                + """
                /local/domain/2/name = "\\377\\376"
                /local/domain/2/vm = "/vm/00000000-0000-0000-0000-000000000002"
                """,
            faults);

    assertThat(found)
        .extracting(DomainRef::name)
        .containsExactly("vm101", "00000000-0000-0000-0000-000000000002");
    nothingEssential(faults);
  }

  /** Unread objects must not look removed; inessential faults may be many. */
  @Test
  void droppedEssentialFaultMakesTheScanIncomplete() {
    ScanFaults faults = new ScanFaults();
    for (int n = 0; n < 5_000; n++) {
      faults.add("priority of " + n, "EPERM", false);
    }
    nothingEssential(faults);
    assertThat(faults.all()).hasSize(1_001);

    faults.add("/local/domain/0/backend/vbd/7/51714/state", "EIO", true);
    faults.add("priority of 5000", "EPERM", false);

    assertThat(faults.all().getLast())
        .isEqualTo(new UnreadSource("scan", "4002 more sources could not be read", true));
  }

  @Test
  void domainWithInvalidUuidIsSkipped() {
    ScanFaults faults = new ScanFaults();
    List<DomainRef> found =
        domains(
            GOOD
                + """
                /local/domain/2/name = "vm102"
                /local/domain/2/vm = "/vm/not-a-uuid"
                """,
            faults);

    assertThat(found).extracting(DomainRef::name).containsExactly("vm101");
    nothingEssential(faults);
  }

  @Test
  void tooLongParamsAreDropped(@TempDir Path empty) {
    RootedFiles files = RootedFiles.below(empty).toOptional().orElseThrow();
    ScanFaults faults = new ScanFaults();
    String node = "/local/domain/0/backend/qdisk/1/51713";
    BackendScan scan =
        new BackendScan(
            files,
            store(
                GOOD
                    + node
                    + "/dev = \"xvda1\"\n"
                    + node
                    + "/params = \"/"
                    + "x".repeat(2_000)
                    + "\"\n"),
            faults,
            1L,
            null);
    assertThat(scan.begin()).hasSize(1);
    List<Backend> backends = scan.end();

    assertThat(backends)
        .singleElement()
        .satisfies(backend -> {
          assertThat(backend.dev()).isEqualTo("xvda1");
          assertThat(backend.params()).isNull();
        });
    nothingEssential(faults);
  }
}
