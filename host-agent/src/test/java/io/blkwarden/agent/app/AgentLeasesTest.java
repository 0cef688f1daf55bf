package io.blkwarden.agent.app;

import static io.blkwarden.agent.app.RunningAgent.SUBJECTS;
import static io.blkwarden.agent.app.RunningAgent.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.model.IoPriority;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.message.CommandAction;
import io.blkwarden.model.message.Outcome;
import io.blkwarden.model.message.Outcome.Result;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands and lease expiry of an agent. */
final class AgentLeasesTest {
  private RunningAgent agent;

  @BeforeEach
  void start(@TempDir Path state) throws Exception {
    agent = new RunningAgent(state);
  }

  @AfterEach
  void stop() throws Exception {
    agent.close();
  }

  @Test
  void setsAPriorityAndRestoresItOnExpiry() throws InterruptedException {
    MappedDisk disk = agent.swapDisk();

    Outcome applied = agent.ask(agent.idle(disk, 1_000));

    assertThat(applied.result()).as(applied.detail()).isEqualTo(Result.APPLIED);
    agent.awaitOutcome(Result.EXPIRED);
    agent.assertPriorities(disk, IoPriority.UNSET);
    assertThat(agent.received(Outcome.class).filter(each -> each.result() == Result.EXPIRED))
        .allMatch(each -> each.lease() != null && each.lease().equals(applied.lease()));
  }

  @Test
  void leasesExpireWhileAScanBlocks() throws InterruptedException {
    MappedDisk disk = agent.swapDisk();
    assertThat(agent.ask(agent.idle(disk, 3_000)).result()).isEqualTo(Result.APPLIED);
    agent.scans.scanning.lock();
    try {
      agent.changed("@releaseDomain", "@releaseDomain");
      eventually().until(agent.scans.scanning::hasQueuedThreads);
      agent.assertPriorities(disk, IoPriority.IDLE);

      agent.awaitOutcome(Result.EXPIRED);

      agent.assertPriorities(disk, IoPriority.UNSET);
      assertThat(agent.scans.scanning.hasQueuedThreads()).as("the scan is still blocked").isTrue();
    } finally {
      agent.scans.scanning.unlock();
    }
  }

  @Test
  void stopEndsLeases() throws InterruptedException {
    MappedDisk disk = agent.swapDisk();
    assertThat(agent.ask(agent.idle(disk, 600_000)).result()).isEqualTo(Result.APPLIED);
    agent.assertPriorities(disk, IoPriority.IDLE);

    agent.stop();

    agent.assertPriorities(disk, IoPriority.UNSET);
    agent.awaitOutcome(Result.RELEASED);
  }

  @Test
  void leasesContinueWithoutNatsAndExpire() throws Exception {
    MappedDisk disk = agent.swapDisk();
    assertThat(agent.ask(agent.idle(disk, 3_000)).result()).isEqualTo(Result.APPLIED);

    agent.server.kill();

    agent.assertPriorities(disk, IoPriority.IDLE);
    eventually().untilAsserted(() -> agent.assertPriorities(disk, IoPriority.UNSET));
    agent.heard.clear();
    agent.server.run();
    agent.awaitOutcome(Result.EXPIRED);
  }

  @Test
  void readOnlyAgentRefusesCommands() throws InterruptedException {
    agent.stopAndForget();
    agent.runAgain(true);
    MappedDisk disk = agent.swapDisk();

    Outcome outcome = agent.ask(agent.idle(disk, 10_000));

    assertThat(outcome.refusal()).isEqualTo(Outcome.Refusal.READ_ONLY);
    agent.assertPriorities(disk, IoPriority.UNSET);
  }

  @Test
  void overloadRefusalsAreRecorded() throws Exception {
    agent
        .client
        .jetStreamManagement()
        .addStream(
            StreamConfiguration.builder()
                .name("BLKWARDEN_AUDIT")
                .subjects(SUBJECTS.allOutcomes())
                .build());
    agent.snapshot();
    agent.scans.scanning.lock();
    try {
      agent.changed("@releaseDomain", "@releaseDomain");
      eventually()
          .until(() -> {
            agent.client.publish(
                SUBJECTS.command(agent.id),
                agent.client.createInbox() + ".1", // many senders: each is limited
                agent.encoded(new CommandAction.Snapshot()));
            return agent.refused() > 0;
          });
    } finally {
      agent.scans.scanning.unlock();
    }

    eventually()
        .until(() ->
            agent
                .received(Outcome.class)
                .anyMatch(each -> each.refusal() == Outcome.Refusal.OVERLOADED));
  }
}
