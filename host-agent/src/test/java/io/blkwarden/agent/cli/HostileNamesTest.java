package io.blkwarden.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.blkwarden.agent.CapturedTree;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.mapping.Evidence;
import io.blkwarden.agent.mapping.MappingResolver;
import io.blkwarden.agent.mapping.verdict.RolePatterns;
import io.blkwarden.agent.scan.HostScanner;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A captured host with path traversal in volume names. Names are only displayed: files are located
 * by device numbers.
 */
final class HostileNamesTest {
  private static final String CLIMBING = "vg-..\\x2f..\\x2fetc\\x2fshadow";
  private static final String PATH = "/dev/vg/../../../../etc/shadow";

  private final List<String> asked = new ArrayList<>();

  /** The captured files with other names; records which files are read. */
  private final class Renamed implements KernelFiles {
    private final KernelFiles captured = CapturedTree.files();
    private final UnaryOperator<String> name;

    Renamed(UnaryOperator<String> name) {
      this.name = name;
    }

    @Override
    public ReadResult<String> read(String path) {
      asked.add(path);
      ReadResult<String> text = captured.read(path);
      return path.endsWith("/dm/name") ? text.map(name) : text;
    }

    @Override
    public ReadResult<List<String>> list(String dir) {
      asked.add(dir);
      return captured.list(dir);
    }

    @Override
    public ReadResult<String> link(String path) {
      asked.add(path);
      return captured.link(path);
    }
  }

  private static List<MappedDisk> map(KernelFiles files, UnaryOperator<String> params) {
    String dump = CapturedTree.files().read("xenstore.txt").toOptional().orElseThrow();
    TextXenStore store = TextXenStore.parse(params.apply(dump)).toOptional().orElseThrow();
    HostScanner scanner = new HostScanner(files, store, HostSources.NO_PRIORITIES);
    return new MappingResolver(RolePatterns.DEFAULTS)
        .resolve(scanner.scan(List::of), Evidence.none())
        .disks();
  }

  private static List<String> truth(List<MappedDisk> disks) {
    return disks.stream()
        .map(disk ->
            "%s %s %s %s %s"
                .formatted(
                    disk.domain().name(),
                    disk.disk().vdev(),
                    Objects.requireNonNull(disk.volume()).device(),
                    disk.state(),
                    disk.workers()))
        .toList();
  }

  @Test
  void pathTraversalInNamesHasNoEffect() {
    List<MappedDisk> before = map(new Renamed(UnaryOperator.identity()), text -> text);
    List<String> paths = List.copyOf(asked);
    asked.clear();

    List<MappedDisk> after =
        map(new Renamed(_ -> CLIMBING + "\n"), text -> text.replaceAll("/dev/vg/\\w+", PATH));

    assertThat(truth(after)).hasSize(4).isEqualTo(truth(before));
    assertThat(after)
        .extracting(MappedDisk::volume)
        .extracting(Volume::dmName, Volume::path)
        .containsOnly(tuple(CLIMBING, PATH));
    assertThat(asked).isEqualTo(paths).noneMatch(path -> path.contains("shadow"));
  }
}
