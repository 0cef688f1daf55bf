package io.blkwarden.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.KernelFiles.OpenAttribute;
import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RootedFilesTest {
  @TempDir private Path scratch;
  private KernelFiles files = below(Path.of("/"));

  @BeforeEach
  void plantTree() throws IOException {
    Path root = scratch.resolve("root");
    Files.createDirectories(root.resolve("sys/devices/vbd-1-51713"));
    Files.createDirectories(root.resolve("sys/bus"));
    Files.writeString(root.resolve("sys/devices/vbd-1-51713/mode"), "w\n");
    Files.writeString(scratch.resolve("secret"), "outside\n");
    Files.createSymbolicLink(root.resolve("sys/bus/vbd"), Path.of("../devices/vbd-1-51713"));
    Files.createSymbolicLink(root.resolve("out"), Path.of("../secret"));
    Files.createSymbolicLink(root.resolve("far"), scratch);
    Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
    files = below(root);
  }

  @Test
  void followsLinksWithinTheRoot() {
    assertThat(files.read("sys/bus/vbd/mode")).isEqualTo(ReadResult.present("w\n"));
    assertThat(files.list("sys/bus/vbd")).isEqualTo(ReadResult.present(List.of("mode")));
    assertThat(files.link("sys/bus/vbd")).isEqualTo(ReadResult.present("../devices/vbd-1-51713"));
  }

  @Test
  void openFileIsReadAgainEachTime() throws IOException {
    Path mode = scratch.resolve("root/sys/devices/vbd-1-51713/mode");
    FileBytes bytes = new FileBytes(64);
    try (OpenAttribute held = files.open("sys/bus/vbd/mode")) {
      assertThat(held.read(bytes).map(FileBytes::text)).isEqualTo(ReadResult.present("w\n"));
      Files.writeString(mode, "r!\n");
      assertThat(held.read(bytes).map(FileBytes::text)).isEqualTo(ReadResult.present("r!\n"));
      Files.writeString(mode, "x".repeat(64));
      assertThat(held.read(bytes)).isInstanceOf(ReadResult.Malformed.class);
      Path other = Files.writeString(scratch.resolve("other"), "w\n");
      Files.move(other, mode, StandardCopyOption.REPLACE_EXISTING);
      assertThat(held.read(bytes).map(FileBytes::text)).isEqualTo(ReadResult.present("w\n"));
    }
  }

  @Test
  void openFileIsRetriedUntilItExists() throws IOException {
    FileBytes bytes = new FileBytes(64);
    try (OpenAttribute held = files.open("sys/late")) {
      assertThat(held.read(bytes)).isInstanceOf(ReadResult.Absent.class);
      Files.writeString(scratch.resolve("root/sys/late"), "7\n");
      assertThat(held.read(bytes).map(FileBytes::text)).isEqualTo(ReadResult.present("7\n"));
    }
    try (OpenAttribute outside = files.open("out")) {
      assertThat(outside.read(bytes).describe()).contains("leads out of the root");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"out", "far/secret"})
  void refusesLinksOutOfTheRoot(String path) {
    assertThat(files.read(path).describe()).contains(path + ": leads out of the root");
  }

  @Test
  void refusesToListOutsideTheRoot() {
    assertThat(files.list("far")).isInstanceOf(ReadResult.Failed.class);
    assertThat(files.link("far/root")).isInstanceOf(ReadResult.Failed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "../secret",
        "sys/../../secret",
        "sys//bus",
        ".",
        "a/",
        "a\0b"
      })
  void noPathLeadsOut(String path) {
    for (KernelFiles any : List.of(files, below(Path.of("/")))) {
      assertThat(any.read(path)).isInstanceOf(ReadResult.Failed.class);
      assertThat(any.list(path)).isInstanceOf(ReadResult.Failed.class);
      assertThat(any.link(path)).isInstanceOf(ReadResult.Failed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sys/none", "none/none", "dangling", "sys/bus/vbd/mode/x"})
  void missingFileIsAbsent(String path) {
    assertThat(files.read(path)).isEqualTo(ReadResult.absent(path));
    assertThat(files.list(path)).isEqualTo(ReadResult.absent(path));
  }

  @Test
  void missingLinkIsAbsent() {
    assertThat(files.link("sys/none")).isEqualTo(ReadResult.absent("sys/none"));
    assertThat(files.link("none")).isEqualTo(ReadResult.absent("none"));
    assertThat(files.link("dangling")).isEqualTo(ReadResult.present("nowhere"));
    assertThat(files.link("sys/devices")).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void otherFaultsAreFailures() {
    assertThat(files.read("loop")).isInstanceOf(ReadResult.Failed.class);
    assertThat(files.read("sys/devices").describe()).startsWith("sys/devices: ");
    assertThat(files.read("sys/devices")).isInstanceOf(ReadResult.Failed.class);
    assertThat(files.list("sys/bus/vbd/mode")).isInstanceOf(ReadResult.Failed.class);
  }

  @Test
  void acceptsFilesUpToTheLimit() throws IOException {
    Path big = scratch.resolve("root/big");
    Files.writeString(big, "x".repeat(KernelFiles.MAX_TEXT_BYTES));
    assertThat(files.read("big").map(String::length))
        .isEqualTo(ReadResult.present(KernelFiles.MAX_TEXT_BYTES));
    Files.writeString(big, "x".repeat(KernelFiles.MAX_TEXT_BYTES + 1));
    assertThat(files.read("big").describe())
        .isEqualTo("big: expected at most 262144 bytes, found 'more'");
  }

  @Test
  void reusesABuffer() throws IOException {
    Path file = scratch.resolve("root/file");
    FileBytes buffer = new FileBytes(10_000);
    for (int length : List.of(9_000, 3, 0, 10_000)) {
      Files.writeString(file, "y".repeat(length));
      assertThat(files.read("file", buffer)).isEqualTo(ReadResult.present(buffer));
      assertThat(buffer.text()).isEqualTo("y".repeat(length));
    }
    Files.writeString(file, "y".repeat(10_001));
    assertThat(files.read("file", buffer)).isInstanceOf(ReadResult.Malformed.class);
  }

  @Test
  void replacesInvalidUtf8() throws IOException {
    Files.write(scratch.resolve("root/comm"), new byte[] {'a', (byte) 0xff, 'b'});
    assertThat(files.read("comm")).isEqualTo(ReadResult.present("a\uFFFDb"));
  }

  @Test
  void rootMustBeADirectory() {
    assertThat(RootedFiles.below(scratch.resolve("none"))).isInstanceOf(ReadResult.Absent.class);
    assertThat(RootedFiles.below(scratch.resolve("secret"))).isInstanceOf(ReadResult.Failed.class);
  }

  @Test
  void readsTheLiveKernel() {
    KernelFiles live = below(Path.of("/"));
    assertThat(live.read("proc/self/comm").isPresent()).isTrue();
    assertThat(live.link("proc/self"))
        .isEqualTo(ReadResult.present(Long.toString(ProcessHandle.current().pid())));
    assertThat(live.read("proc/4194305/stat")).isEqualTo(ReadResult.absent("proc/4194305/stat"));
  }

  private static KernelFiles below(Path root) {
    return RootedFiles.below(root).toOptional().orElseThrow();
  }
}
