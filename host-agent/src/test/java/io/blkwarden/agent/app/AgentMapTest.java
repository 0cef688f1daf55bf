package io.blkwarden.agent.app;

import static io.blkwarden.agent.app.RunningAgent.SUBJECTS;
import static io.blkwarden.agent.app.RunningAgent.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.agent.xenstore.LabelTree;
import io.blkwarden.model.DomainRef;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.json.Decoded;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Heartbeat;
import io.blkwarden.model.message.MappingEvent.DiskChanged;
import io.blkwarden.model.message.MappingEvent.DiskDetached;
import io.blkwarden.model.message.MappingEvent.DomainStarted;
import io.blkwarden.model.message.MappingEvent.DomainStopped;
import io.blkwarden.model.message.MappingSnapshot;
import io.blkwarden.model.message.Outcome.Result;
import io.blkwarden.model.sample.SampleCodec;
import io.blkwarden.model.sample.SampleFrame;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages of an agent about its host: maps, samples, faults. */
final class AgentMapTest {
  private RunningAgent agent;

  @BeforeEach
  void start(@TempDir Path state) throws Exception {
    agent = new RunningAgent(state);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
  }

  private void awaitScanFault() {
    eventually()
        .until(() ->
            agent
                .received(Heartbeat.class)
                .flatMap(beat -> beat.probes().stream())
                .anyMatch(probe -> probe.name().equals("scan") && !probe.ok()));
  }

  @Test
  void publishesMapAndSamples() {
    MappingSnapshot snapshot = agent.snapshot();

    assertThat(snapshot.disks()).allMatch(disk -> disk.state() == MappingState.RESOLVED);
    assertThat(snapshot.domains().stream().map(DomainRef::name)).containsAll(agent.host.guests());
    assertThat(agent.received(DomainStarted.class)).as("no events for the first map").isEmpty();
    assertThat(snapshot.origin().revision()).isPositive();
    SampleFrame frame = new SampleFrame();
    eventually()
        .until(() ->
            agent.heard.stream()
                .filter(message -> message.getSubject().equals(SUBJECTS.sample(agent.id)))
                .filter(
                    message -> SampleCodec.decode(message.getData(), frame) instanceof Decoded.Ok)
                .anyMatch(_ -> frame.disks().rows() == snapshot.disks().size()));
    assertThat(frame.disks().present(0)).isTrue();
    assertThat(frame.run()).isEqualTo(snapshot.origin().run());
    eventually().until(() -> agent.received(Heartbeat.class).findAny().isPresent());
    assertThat(agent.received(Heartbeat.class).findFirst().orElseThrow().acting()).isTrue();
  }

  @Test
  void publishesLabelsWithDisks() {
    MappedDisk disk = agent.swapDisk();
    assertThat(disk.domainLabels()).isEmpty();

    String path = LabelTree.ROOT + "/" + disk.domain().uuid() + "/protected";
    agent.scans.labels.put(path, "true");
    agent.changed(path, LabelTree.ROOT);

    Map<String, String> said = Map.of("protected", "true");
    eventually()
        .until(() ->
            agent
                .received(DiskChanged.class)
                .anyMatch(each ->
                    each.changed().equals(List.of("labels"))
                        && each.disk().key().equals(disk.key())
                        && each.disk().domainLabels().equals(said)));
    eventually().until(() -> agent.swapDisk().domainLabels().equals(said));
    assertThat(agent.snapshot().disks())
        .filteredOn(each -> !each.domain().equals(disk.domain()))
        .isNotEmpty()
        .allMatch(each -> each.domainLabels().isEmpty());
  }

  @Test
  void unreadableSourceKeepsTheMap() {
    List<MappedDisk> disks = agent.snapshot().disks();

    agent.scans.unreadable.set(true);
    assertThat(disks).isNotEmpty();
    agent.changed("/local/domain/0/backend/vbd", "vbd");
    awaitScanFault();

    assertThat(agent.received(DomainStopped.class)).isEmpty();
    assertThat(agent.received(DiskDetached.class)).isEmpty();
    assertThat(agent.snapshot().disks()).isEqualTo(disks);
  }

  @Test
  void noMapWithoutACompleteScan() {
    agent.stopAndForget();
    agent.scans.unreadable.set(true);
    agent.runAgain(false);
    awaitScanFault();
    assertThat(agent.received(MappingSnapshot.class)).isEmpty();

    agent.scans.unreadable.set(false);

    assertThat(agent.snapshot().disks()).isNotEmpty();
  }

  @Test
  void publishesASnapshotOnRequest() throws InterruptedException {
    long before = agent.snapshot().base().id();

    assertThat(agent.ask(new CommandAction.Snapshot()).result()).isEqualTo(Result.DONE);

    eventually()
        .until(() ->
            agent.received(MappingSnapshot.class).anyMatch(each -> each.base().id() > before));
  }
}
