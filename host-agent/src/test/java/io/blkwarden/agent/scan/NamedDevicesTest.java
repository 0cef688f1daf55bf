package io.blkwarden.agent.scan;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.DmDevice;
import io.blkwarden.agent.mapping.Backend;
import io.blkwarden.model.BackendKind;
import io.blkwarden.model.DeviceNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamedDevicesTest {
  private static final List<DmDevice> DM =
      List.of(
          new DmDevice(
              "dm-3",
              new DeviceNumber(253, 3),
              "vg-vm1--data",
              Optional.of("LVM-" + "a".repeat(64)),
              false,
              List.of()),
          new DmDevice(
              "dm-4",
              new DeviceNumber(253, 4),
              "mpatha",
              Optional.of("mpath-3600"),
              false,
              List.of()));

  @TempDir private Path root;

  @BeforeEach
  void devices() throws IOException {
    device("sdb", "8:16");
    device("zd0", "230:0");
    device("cciss!c0d1", "104:16");
    Files.createDirectories(root.resolve("dev/zvol/tank"));
    Files.createSymbolicLink(root.resolve("dev/zvol/tank/vm1"), Path.of("../../zd0"));
  }

  private void device(String name, String number) throws IOException {
    Path directory = Files.createDirectories(root.resolve("sys/block").resolve(name));
    Files.writeString(directory.resolve("dev"), number + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "aio:/dev/vg/vm1-data, 253:3",
    "/dev/vg/vm1-data, 253:3",
    "raw:/dev/mapper/vg-vm1--data, 253:3",
    "aio:raw:/dev/mapper/mpatha, 253:4",
    "host_device:/dev/sdb, 8:16",
    "/dev/zvol/tank/vm1, 230:0",
    "/dev/cciss/c0d1, 104:16",
    "qcow2:/dev/sdb, 8:16"
  })
  void paramsNameTheDevice(String params, String device) {
    assertThat(found(BackendKind.QDISK, params)).isEqualTo(DeviceNumber.parse(device));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "qcow2:/srv/images/vm1.qcow2",
        "rbd:pool/image",
        "/dev/vg/other",
        "/dev/../sys/block/sdb",
        "/srv/dev/sdb",
        "/dev/",
        ""
      })
  void paramsWithoutDeviceAreUnchanged(String params) {
    assertThat(found(BackendKind.QDISK, params)).isNull();
  }

  @Test
  void blkbackDisksAreUnchanged() {
    assertThat(found(BackendKind.VBD, "/dev/sdb")).isNull();
  }

  private @Nullable DeviceNumber found(BackendKind kind, String params) {
    RootedFiles files = RootedFiles.below(root).toOptional().orElseThrow();
    Backend backend =
        new Backend(
            kind,
            7,
            51712,
            "xvda",
            "w",
            params.isEmpty() ? null : params,
            4,
            true,
            null,
            null,
            Backend.KthreadPids.NONE,
            null,
            null,
            null,
            null);
    return new StackScan(files, new ScanFaults(), DM)
        .withNamedDevices(List.of(backend))
        .getFirst()
        .nodeDevice();
  }
}
