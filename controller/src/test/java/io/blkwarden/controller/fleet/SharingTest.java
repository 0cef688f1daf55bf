package io.blkwarden.controller.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.VolumeRole;
import io.blkwarden.model.json.ControlJson;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.MappingSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SharingTest {
  private static List<MappedDisk> asRead() {
    TestHost host = new TestHost("dom0-7");
    host.add("vm1", 1, VolumeRole.ROOT, MappingState.RESOLVED);
    host.add("vm2", 2, VolumeRole.SWAP, MappingState.RESOLVED);
    host.add("vm3", 3, VolumeRole.SWAP, MappingState.UNRESOLVED);
    byte[] json = ControlJson.encode(host.snapshot());
    return switch (ControlJson.decode(MappingSnapshot.class, json)) {
      case Decoded.Ok<MappingSnapshot> ok -> ok.value().disks();
      case Decoded.Malformed<MappingSnapshot> bad -> throw new AssertionError(bad.detail());
    };
  }

  @Test
  void equalPartsAreOneObject() {
    List<MappedDisk> read = asRead();
    MappedDisk[] kept = new Sharing().of(read);

    assertThat(read.get(0).physical()).isNotSameAs(read.get(1).physical());
    assertThat(kept[0].physical()).isSameAs(kept[1].physical()).isSameAs(kept[2].physical());
    assertThat(kept[1].disk().mode()).isSameAs(kept[2].disk().mode());
  }

  @Test
  void onlyTheNamesOfTheDmDeviceAreLeftOut() {
    List<MappedDisk> read = asRead();
    MappedDisk[] kept = new Sharing().of(read);

    for (int i = 0; i < kept.length; i++) {
      assertThat(kept[i])
          .usingRecursiveComparison()
          .ignoringFields("volume.dm", "volume.dmName")
          .isEqualTo(read.get(i));
      assertThat(kept[i].volume().dm()).isNull();
    }
  }
}
