package io.blkwarden.controller.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.nats.Assets;
import io.blkwarden.controller.nats.Bucket;
import io.blkwarden.controller.nats.JetStreamAssets;
import io.blkwarden.model.subject.Subjects;
import io.blkwarden.testing.NatsServer;
import io.nats.client.Connection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leader leases in a real bucket with simulated clocks. */
final class LeaderLeaseTest {
  private final NatsServer server = NatsServer.start();
  private Bucket bucket;
  private Predicate<String> mayLead = _ -> true;
  private long millis = 1_000_000;
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void makeBucket() throws Exception {
    Connection connection = server.connect();
    Assets.ensure(connection, Subjects.DEFAULT, server);
    bucket = Assets.bucket(connection, JetStreamAssets.LEADER);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private LeaderLease keeper(String name) {
    InstantSource clock = () -> wall;
    return new LeaderLease(name, name + "-run", clock, () -> millis, 0, () -> mayLead.test(name));
  }

  private void seconds(long seconds, LeaderLease... looking) throws Exception {
    for (int second = 0; second < seconds; second++) {
      millis += 1_000;
      for (LeaderLease each : looking) {
        each.update(bucket, false);
      }
    }
  }

  private static long epoch(LeaderLease lease) {
    return lease.current() instanceof Leadership.Leading held ? held.epoch() : -1;
  }

  @Test
  void renewingKeepsLeadershipAndEpoch() throws Exception {
    LeaderLease one = keeper("c1");
    LeaderLease two = keeper("c2");
    one.update(bucket, false);
    long epoch = epoch(one);
    assertThat(epoch).isEqualTo(wall.getEpochSecond());

    seconds(60, one, two);

    assertThat(epoch(one)).isEqualTo(epoch);
    assertThat(two.current()).isEqualTo(new Leadership.Following("c1", epoch));
  }

  @Test
  void leaderThatDoesNotRenewStopsBeforeAnotherStarts() throws Exception {
    LeaderLease one = keeper("c1");
    LeaderLease two = keeper("c2");
    seconds(30, one, two);
    long epoch = epoch(one);
    assertThat(epoch).isPositive();

    long silent = millis;
    while (epoch(two) < 0) {
      assertThat(millis - silent).isLessThanOrEqualTo(15_000);
      seconds(1, two);
      assertThat(epoch(one) > 0 && epoch(two) > 0).as("both lead").isFalse();
    }

    assertThat(millis - silent)
        .isGreaterThanOrEqualTo(LeaderLease.TAKEOVER_MILLIS - LeaderLease.RENEW_MILLIS);
    assertThat(one.current()).isEqualTo(new Leadership.Unknown());
    assertThat(epoch(two)).isGreaterThan(epoch);
    one.update(bucket, false);
    assertThat(one.current()).isEqualTo(new Leadership.Following("c2", epoch(two)));
  }

  @Test
  void leaderContinuesAfterAnOutageWithoutTakeover() throws Exception {
    LeaderLease one = keeper("c1");
    one.update(bucket, false);
    long epoch = epoch(one);
    millis += 60_000;
    assertThat(one.current()).isEqualTo(new Leadership.Unknown());

    one.update(bucket, false);
    assertThat(epoch(one)).isEqualTo(epoch);
  }

  @Test
  void controllerThatMayNotLeadNeverAcquires() throws Exception {
    mayLead = name -> !name.equals("c2");
    LeaderLease one = keeper("c1");
    LeaderLease two = keeper("c2");
    seconds(30, two);
    assertThat(two.current()).isEqualTo(new Leadership.Unknown());
    assertThat(bucket.get(LeaderLease.KEY)).isNull();

    seconds(5, one, two);
    long epoch = epoch(one);
    assertThat(two.current()).isEqualTo(new Leadership.Following("c1", epoch));
    seconds(30, two);
    assertThat(two.current()).as("it is not renewed").isEqualTo(new Leadership.Unknown());
    one.update(bucket, false);
    assertThat(epoch(one)).as("it continues").isEqualTo(epoch);
    one.release(bucket);
    seconds(5, two);
    assertThat(two.current()).as("it is free").isEqualTo(new Leadership.Unknown());

    mayLead = _ -> true;
    seconds(1, two);
    assertThat(epoch(two)).isGreaterThan(epoch);
  }

  @Test
  void leaderStaysLeaderWhenItMayNoLongerAcquire() throws Exception {
    LeaderLease one = keeper("c1");
    LeaderLease two = keeper("c2");
    one.update(bucket, false);
    long epoch = epoch(one);
    mayLead = name -> name.equals("c2");
    seconds(30, one, two);
    assertThat(epoch(one)).isEqualTo(epoch);
    assertThat(epoch(two)).isEqualTo(-1);
  }

  @Test
  void oneOfThreeConcurrentControllersLeads() throws Exception {
    List<LeaderLease> all = IntStream.range(0, 3).mapToObj(n -> keeper("c" + n)).toList();
    seconds(30, all.toArray(LeaderLease[]::new));
    assertThat(all.stream().filter(each -> epoch(each) > 0)).hasSize(1);
  }

  @Test
  void releasedLeaseIsAcquiredAtOnce() throws Exception {
    LeaderLease one = keeper("c1");
    LeaderLease two = keeper("c2");
    seconds(2, one, two);
    long epoch = epoch(one);
    one.release(bucket);
    assertThat(one.current()).isEqualTo(new Leadership.Unknown());

    byte[] written =
        Objects.requireNonNull(Objects.requireNonNull(bucket.get(LeaderLease.KEY)).value());
    assertThat(two.requiresCheck(written)).isTrue();
    two.update(bucket, false);
    assertThat(epoch(two)).isGreaterThan(epoch);
  }

  @Test
  void takesOverLeaseOfAnEarlierVersion() throws Exception {
    byte[] old = "1795376705 c0 3f0a".getBytes(StandardCharsets.US_ASCII);
    bucket.put(LeaderLease.KEY, old);
    LeaderLease one = keeper("c1");
    seconds(10, one);
    assertThat(one.current()).isEqualTo(new Leadership.Following("c0", 1_795_376_705));
    seconds(2, one);
    assertThat(epoch(one)).isEqualTo(1_795_376_706);
  }

  @Test
  void epochIsAboveThoseOfAgents() throws Exception {
    LeaderLease one = keeper("c1");
    one.update(bucket, false);
    long epoch = epoch(one);
    bucket.delete(LeaderLease.KEY);
    one.update(bucket, false);
    assertThat(epoch(one)).isEqualTo(epoch + 1);

    one.observeEpoch(epoch + 1_000);
    assertThat(one.isSuperseded()).isTrue();
    one.update(bucket, true);
    assertThat(epoch(one)).isEqualTo(epoch + 1_001);
  }
}
