package io.blkwarden.agent.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.agent.mapping.DiskCounters;
import io.blkwarden.agent.mapping.HostSnapshot;
import io.blkwarden.agent.mapping.HostSnapshot.HostThread;
import io.blkwarden.agent.mapping.HostSnapshot.UnreadSource;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.model.IoPriority;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Which sources a scan caches and which it always reads. */
final class ScanCacheTest {
  private static final String DISK = "sys/bus/xen-backend/devices/vbd-1-51714/";
  private static final String VBD = "/local/domain/0/backend/vbd";

  private final Watched store = new Watched();
  private final Changed files = new Changed();
  private OptionalLong deviceChanges = OptionalLong.of(1);
  private final HostScanner scanner =
      new HostScanner(files, store, new Unset(), () -> deviceChanges);

  /** A captured xenstore with a change counter. */
  private static final class Watched implements XenStore {
    private final TextXenStore captured =
        CapturedTree.files()
            .read("xenstore.txt")
            .flatMap(TextXenStore::parse)
            .toOptional()
            .orElseThrow();
    private OptionalLong changes = OptionalLong.of(1);
    private int backendReads;

    @Override
    public ReadResult<String> read(String path) {
      backendReads += path.startsWith(VBD) ? 1 : 0;
      return captured.read(path);
    }

    @Override
    public ReadResult<List<String>> directory(String path) {
      return captured.directory(path);
    }

    @Override
    public OptionalLong changes(Collection<String> watched) {
      return changes;
    }
  }

  /** A captured tree with some files replaced. */
  private static final class Changed implements KernelFiles {
    private final KernelFiles captured = CapturedTree.files();
    private final Map<String, String> texts = new HashMap<>();
    private int dmNames;

    @Override
    public ReadResult<String> read(String path) {
      dmNames += path.endsWith("/dm/name") ? 1 : 0;
      String text = texts.get(path);
      return text == null ? captured.read(path) : ReadResult.present(text);
    }

    @Override
    public ReadResult<List<String>> list(String dir) {
      return captured.list(dir);
    }

    @Override
    public ReadResult<String> link(String path) {
      return captured.link(path);
    }
  }

  private static final class Unset implements IoPriorities {
    @Override
    public ReadResult<IoPriority> get(int pid) {
      return ReadResult.present(IoPriority.UNSET);
    }

    @Override
    public Optional<String> set(int pid, IoPriority priority) {
      return Optional.of("never");
    }

    @Override
    public Optional<String> restore(int pid, IoPriority recorded) {
      return Optional.of("never");
    }
  }

  private HostSnapshot scan() {
    return scanner.scan(List::of);
  }

  @Test
  void unchangedSourcesAreNotReadAgain() {
    HostSnapshot first = scan();
    assertThat(first.unread()).isEmpty();
    assertThat(first.backends()).isNotEmpty();
    assertThat(first.dmDevices()).isNotEmpty();
    int reads = store.backendReads;
    int names = files.dmNames;

    assertThat(scan()).isEqualTo(first);
    assertThat(store.backendReads).isEqualTo(reads);
    assertThat(files.dmNames).isEqualTo(names);
  }

  @Test
  void changeCausesAFullRead() {
    HostSnapshot first = scan();
    int reads = store.backendReads;
    int names = files.dmNames;
    store.changes = OptionalLong.of(2);
    assertThat(scan()).isEqualTo(first);
    assertThat(store.backendReads).isGreaterThan(reads);
    assertThat(files.dmNames).isEqualTo(names);

    deviceChanges = OptionalLong.of(2);
    scan();
    assertThat(files.dmNames).isEqualTo(2 * names);
  }

  @Test
  void nothingIsCachedWithoutChangeCounter() {
    store.changes = OptionalLong.empty();
    deviceChanges = OptionalLong.empty();
    scan();
    int reads = store.backendReads;
    int names = files.dmNames;
    scan();
    assertThat(store.backendReads).isEqualTo(2 * reads);
    assertThat(files.dmNames).isEqualTo(2 * names);
  }

  @Test
  void everythingIsReadAfterTenMinutes() {
    scan();
    int reads = store.backendReads;
    int names = files.dmNames;
    files.texts.put("proc/uptime", "99999999.00 1.00\n");
    scan();
    assertThat(store.backendReads).isEqualTo(2 * reads);
    assertThat(files.dmNames).isEqualTo(2 * names);
  }

  @Test
  void threadsDevicesAndSuspensionAreAlwaysRead() {
    HostSnapshot first = scan();
    int pid = first.threads().getFirst().id().pid();
    String dm = first.dmDevices().getFirst().kernelName();
    files.texts.put(DISK + "physical_device", "fd:63\n");
    files.texts.put("sys/block/" + dm + "/dm/suspended", "1\n");
    files.texts.put("proc/" + pid + "/stat", files.read("proc/2/stat").orElse(""));

    HostSnapshot next = scan();
    assertThat(next.threads()).hasSize(first.threads().size() - 1);
    assertThat(next.dmDevices().getFirst().suspended()).isTrue();
    assertThat(disk(next).kernelDevice()).hasToString("253:99");
  }

  /** A name of 15 characters may be truncated, so counters are read. */
  @Test
  void countersAreReadWhenNamesAreInsufficient() {
    HostSnapshot whole = scan();
    assertThat(whole.threads()).allMatch(thread -> thread.readBytes() == null);
    assertThat(disk(whole).counters()).isNull();

    HostThread thread = whole.threads().getFirst();
    int pid = thread.id().pid();
    String stat = files.read("proc/" + pid + "/stat").orElse("");
    String comm = thread.name().comm();
    files.texts.put("proc/" + pid + "/stat", stat.replace("(" + comm + ")", "(1.longest-devic)"));
    files.texts.put("proc/" + pid + "/io", "read_bytes: 4242\nwrite_bytes: 0\n");
    files.texts.put(DISK + "statistics/rd_sect", "123456789\n");

    HostSnapshot cut = scan();
    assertThat(cut.threads()).anyMatch(each -> Long.valueOf(4242).equals(each.readBytes()));
    assertThat(disk(cut).counters())
        .isNotNull()
        .extracting(DiskCounters::readSectorsBefore, DiskCounters::readSectorsAfter)
        .containsExactly(123456789L, 123456789L);
  }

  private static Backend disk(HostSnapshot snapshot) {
    return snapshot.backends().stream()
        .filter(backend -> backend.domid() == 1 && backend.handle() == 51714)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void cacheIsDiscardedOnAConcurrentChange() {
    HostScanner interrupted =
        new HostScanner(new Interrupting(files, store), store, new Unset(), () -> deviceChanges);
    assertThat(interrupted.scan(List::of).complete()).isTrue();
    store.backendReads = 0;
    HostSnapshot late = interrupted.scan(List::of);
    assertThat(store.backendReads).isZero();
    assertThat(late.unread())
        .singleElement()
        .isEqualTo(new UnreadSource(VBD, "changed while the threads were read", true));
  }

  /** The backend changes while the second scan reads the threads. */
  private static final class Interrupting implements KernelFiles {
    private final KernelFiles files;
    private final Watched store;
    private int looks;

    Interrupting(KernelFiles files, Watched store) {
      this.files = files;
      this.store = store;
    }

    @Override
    public ReadResult<String> read(String path) {
      return files.read(path);
    }

    @Override
    public ReadResult<List<String>> list(String dir) {
      if (dir.equals("proc") && ++looks == 2) {
        store.changes = OptionalLong.of(store.changes.orElseThrow() + 1);
      }
      return files.list(dir);
    }

    @Override
    public ReadResult<String> link(String path) {
      return files.link(path);
    }
  }
}
