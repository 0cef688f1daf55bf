package io.blkwarden.controller.bus;

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

/** Claims in a real bucket, by clocks that the test moves. */
final class ClaimKeeperTest {
  private final NatsServer server = NatsServer.start();
  private Bucket bucket;
  private Predicate<String> mayLead = _ -> true;
  private long millis = 1_000_000;
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

  @BeforeEach
  void makeBucket() throws Exception {
    Connection link = server.connect();
    Assets.ensure(link, Subjects.DEFAULT, server);
    bucket = Assets.bucket(link, JetStreamAssets.CLAIM);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ClaimKeeper keeper(String name) {
    InstantSource clock = () -> wall;
    return new ClaimKeeper(name, name + "-run", clock, () -> millis, 0, () -> mayLead.test(name));
  }

  private void seconds(long seconds, ClaimKeeper... looking) throws Exception {
    for (int second = 0; second < seconds; second++) {
      millis += 1_000;
      for (ClaimKeeper each : looking) {
        each.settle(bucket, false);
      }
    }
  }

  private static long epoch(ClaimKeeper keeper) {
    return keeper.claim() instanceof Claim.Held held ? held.epoch() : -1;
  }

  @Test
  void oneThatRenewsKeepsItsClaimAndItsEpoch() throws Exception {
    ClaimKeeper one = keeper("c1");
    ClaimKeeper two = keeper("c2");
    one.settle(bucket, false);
    long epoch = epoch(one);
    assertThat(epoch).isEqualTo(wall.getEpochSecond());

    seconds(60, one, two);

    assertThat(epoch(one)).isEqualTo(epoch);
    assertThat(two.claim()).isEqualTo(new Claim.Lost("c1", epoch));
  }

  @Test
  void oneThatDoesNotRenewStopsBeforeAnotherStarts() throws Exception {
    ClaimKeeper one = keeper("c1");
    ClaimKeeper two = keeper("c2");
    seconds(30, one, two);
    long epoch = epoch(one);
    assertThat(epoch).isPositive();

    long silent = millis;
    while (epoch(two) < 0) {
      assertThat(millis - silent).isLessThanOrEqualTo(15_000);
      seconds(1, two);
      assertThat(epoch(one) > 0 && epoch(two) > 0).as("both hold it").isFalse();
    }

    assertThat(millis - silent)
        .isGreaterThanOrEqualTo(ClaimKeeper.LEASE_MILLIS - ClaimKeeper.RENEW_MILLIS);
    assertThat(one.claim()).isEqualTo(new Claim.Unknown());
    assertThat(epoch(two)).isGreaterThan(epoch);
    one.settle(bucket, false);
    assertThat(one.claim()).isEqualTo(new Claim.Lost("c2", epoch(two)));
  }

  @Test
  void oneThatWasAwayGoesOnIfNobodyTookOver() throws Exception {
    ClaimKeeper one = keeper("c1");
    one.settle(bucket, false);
    long epoch = epoch(one);
    millis += 60_000;
    assertThat(one.claim()).isEqualTo(new Claim.Unknown());

    one.settle(bucket, false);
    assertThat(epoch(one)).isEqualTo(epoch);
  }

  @Test
  void oneThatMayNotLeadNeverClaimsWhatIsFreeOrNotRenewed() throws Exception {
    mayLead = name -> !name.equals("c2");
    ClaimKeeper one = keeper("c1");
    ClaimKeeper two = keeper("c2");
    seconds(30, two);
    assertThat(two.claim()).isEqualTo(new Claim.Unknown());
    assertThat(bucket.get(ClaimKeeper.KEY)).isNull();

    seconds(5, one, two);
    long epoch = epoch(one);
    assertThat(two.claim()).isEqualTo(new Claim.Lost("c1", epoch));
    seconds(30, two);
    assertThat(two.claim()).as("it is not renewed").isEqualTo(new Claim.Unknown());
    one.settle(bucket, false);
    assertThat(epoch(one)).as("it goes on").isEqualTo(epoch);
    one.release(bucket);
    seconds(5, two);
    assertThat(two.claim()).as("it is free").isEqualTo(new Claim.Unknown());

    mayLead = _ -> true;
    seconds(1, two);
    assertThat(epoch(two)).isGreaterThan(epoch);
  }

  @Test
  void oneThatLeadsKeepsItsClaimWhenItMayNoLongerClaim() throws Exception {
    ClaimKeeper one = keeper("c1");
    ClaimKeeper two = keeper("c2");
    one.settle(bucket, false);
    long epoch = epoch(one);
    mayLead = name -> name.equals("c2");
    seconds(30, one, two);
    assertThat(epoch(one)).isEqualTo(epoch);
    assertThat(epoch(two)).isEqualTo(-1);
  }

  @Test
  void ofThreeAtOnceOneHoldsIt() throws Exception {
    List<ClaimKeeper> all = IntStream.range(0, 3).mapToObj(n -> keeper("c" + n)).toList();
    seconds(30, all.toArray(ClaimKeeper[]::new));
    assertThat(all.stream().filter(each -> epoch(each) > 0)).hasSize(1);
  }

  @Test
  void whatIsGivenUpIsClaimedAtOnce() throws Exception {
    ClaimKeeper one = keeper("c1");
    ClaimKeeper two = keeper("c2");
    seconds(2, one, two);
    long epoch = epoch(one);
    one.release(bucket);
    assertThat(one.claim()).isEqualTo(new Claim.Unknown());

    byte[] written =
        Objects.requireNonNull(Objects.requireNonNull(bucket.get(ClaimKeeper.KEY)).value());
    assertThat(two.concerns(written)).isTrue();
    two.settle(bucket, false);
    assertThat(epoch(two)).isGreaterThan(epoch);
  }

  @Test
  void aClaimOfAnEarlierVersionWhichIsNeverRenewedIsTakenOver() throws Exception {
    byte[] old = "1795376705 c0 3f0a".getBytes(StandardCharsets.US_ASCII);
    bucket.put(ClaimKeeper.KEY, old);
    ClaimKeeper one = keeper("c1");
    seconds(10, one);
    assertThat(one.claim()).isEqualTo(new Claim.Lost("c0", 1_795_376_705));
    seconds(2, one);
    assertThat(epoch(one)).isEqualTo(1_795_376_706);
  }

  @Test
  void anEpochIsAboveWhatAgentsSawWhateverNatsForgot() throws Exception {
    ClaimKeeper one = keeper("c1");
    one.settle(bucket, false);
    long epoch = epoch(one);
    bucket.delete(ClaimKeeper.KEY);
    one.settle(bucket, false);
    assertThat(epoch(one)).isEqualTo(epoch + 1);

    one.notice(epoch + 1_000);
    assertThat(one.outdone()).isTrue();
    one.settle(bucket, true);
    assertThat(epoch(one)).isEqualTo(epoch + 1_001);
  }
}
