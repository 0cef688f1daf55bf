package io.blkwarden.agent.backend.tapdisk;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.sampling.Sampler;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.sample.SampleColumn;
import io.blkwarden.model.sample.SampleFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Samples of disks that tapdisks serve, from their shared memory. */
final class TapdiskSamplesTest {
  private static final int SWAP_ROW = 1;

  @TempDir private Path directory;
  private CapturedTapdisks host;
  private List<MappedDisk> disks;
  private Sampler sampler;
  private final SampleFrame frame = new SampleFrame();

  @BeforeEach
  void unpack() throws IOException, InterruptedException {
    host = CapturedTapdisks.unpack(directory);
    disks = host.map();
    sampler = new Sampler(host.files(), new UUID(1, 2), 1_000);
    sampler.rebase(disks, List.of());
  }

  private boolean sample() {
    return sampler.sample(1, 1_000, 2_000, frame);
  }

  private long value(SampleColumn column, int row) {
    return frame.disks().get(column, row);
  }

  @Test
  void countsWhatTheGuestsDid() throws IOException {
    JsonNode vbds =
        JsonMapper.builder().build().readTree(Files.readString(host.truth())).get("vbds");
    host.count();
    assertThat(sample()).isTrue();

    for (int row = 0; row < disks.size(); row++) {
      JsonNode truth = vbds.get(row);
      JsonNode counted = truth.get("expected_delta");
      String disk = disks.get(row).key().toString();
      assertThat(frame.disks().present(row)).as(disk).isTrue();
      assertThat(value(SampleColumn.READ_IOS, row))
          .as(disk)
          .isEqualTo(counted.get("reads").asLong());
      assertThat(value(SampleColumn.WRITE_IOS, row))
          .as(disk)
          .isEqualTo(counted.get("writes").asLong());
      assertThat(value(SampleColumn.READ_SECTORS, row))
          .as(disk)
          .isEqualTo(counted.get("read_sectors").asLong());
      assertThat(value(SampleColumn.WRITE_SECTORS, row))
          .as(disk)
          .isEqualTo(counted.get("write_sectors").asLong());
      assertThat(value(SampleColumn.WRITE_MS, row))
          .as(disk)
          .isEqualTo(truth.get("stats_t1").get("write_total_usecs").asLong() / 1_000);
      assertThat(value(SampleColumn.IN_FLIGHT, row)).as(disk).isZero();
    }
  }

  @Test
  void requestsThatAreNotAnsweredAreInFlight() throws IOException {
    host.count();
    Path statistics = host.at("dev/shm/td3-331/vbd-1-51714");
    ByteBuffer counted =
        ByteBuffer.wrap(Files.readAllBytes(statistics)).order(ByteOrder.LITTLE_ENDIAN);
    int writesCompleted = 56;
    counted.putLong(writesCompleted, counted.getLong(writesCompleted) - 9);
    Files.write(statistics, counted.array());
    sample();

    assertThat(value(SampleColumn.IN_FLIGHT, SWAP_ROW)).isEqualTo(9);
    assertThat(value(SampleColumn.WRITE_IOS, SWAP_ROW)).isEqualTo(64 - 9);
  }

  /** Its statistics remain, and would look like an idle disk. */
  @Test
  void killedTapdiskIsUnknownBeforeTheMapChanges() throws IOException {
    host.kill(331);
    host.count();
    sample();

    assertThat(frame.disks().present(SWAP_ROW)).isFalse();
    assertThat(frame.disks().present(0)).isTrue();
    assertThat(sampler.diskFault().orElseThrow()).contains("vbd-1-51714");
  }

  @Test
  void reusedPidIsUnknown() throws IOException {
    host.replace("proc/331/stat", " 75939 ", " 99999 ");
    sample();
    assertThat(frame.disks().present(SWAP_ROW)).isFalse();
  }

  @Test
  void statisticsOfAnotherLayoutAreUnknown() throws IOException {
    Path statistics = host.at("dev/shm/td3-331/vbd-1-51714");
    byte[] counted = Files.readAllBytes(statistics);
    counted[0] = 2;
    Files.write(statistics, counted);
    sample();
    assertThat(sampler.diskFault().orElseThrow()).contains("expected version 1", "version 2");

    Files.write(statistics, new byte[40]);
    sample();
    assertThat(sampler.diskFault().orElseThrow()).contains("96 bytes");
  }

  /** The guest connects again: the counters begin at 0, so a new base is due. */
  @Test
  void reconnectedRingNeedsANewBase() throws IOException {
    host.count();
    sampler.rebase(disks, List.of());
    Path statistics = host.at("dev/shm/td3-331/vbd-1-51714");
    ByteBuffer fresh = ByteBuffer.allocate(4_096).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1);
    Files.write(statistics, fresh.array());

    assertThat(sample()).isFalse();
    assertThat(frame.disks().present(SWAP_ROW)).isFalse();
  }

  /** The device stands still while a tapdisk reads parents of its image from the page cache. */
  @Test
  void readsFromThePageCacheDoNotMakeADeviceUnknown() throws IOException {
    sampler.rebase(disks, disks.getFirst().physical());
    host.count();
    sample();

    assertThat(frame.devices().present(0)).isTrue();
  }

  @Test
  void diskWithoutAProvenTapdiskIsUnknown() throws IOException {
    host.kill(331);
    sampler.rebase(host.map(), List.of());
    sample();
    assertThat(frame.disks().present(SWAP_ROW)).isFalse();
  }
}
