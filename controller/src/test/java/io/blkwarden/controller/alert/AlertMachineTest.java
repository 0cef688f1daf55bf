package io.blkwarden.controller.alert;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertState.Active;
import io.blkwarden.controller.testing.Messages;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.message.Alert;
import io.blkwarden.testing.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random events for the alert of a disk in two controllers, at most one of which leads. */
final class AlertMachineTest {
  private static final Path PAGE = Path.of("../docs/ARCHITECTURE.md");

  /** A disk, two controllers, and the stream that they publish to. */
  private static final class Walk {
    final Random chance;
    final Set<String> transitions = new TreeSet<>();

    /** The last publication of each alert. */
    final Map<MessageId, Alert> stream = new LinkedHashMap<>();

    final boolean keeps;
    final Controller first = new Controller(this);
    final Controller second = new Controller(this);
    @Nullable Controller leader;
    long now = 1_000_000;
    long ids;
    boolean over;
    boolean missing;
    boolean silenced;

    /** Whether disks are never removed. */
    boolean settled;

    Walk(long seed) {
      chance = new Random(seed);
      keeps = chance.nextBoolean();
    }

    List<Alert> open() {
      return stream.values().stream().filter(each -> each.state() != Alert.State.RESOLVED).toList();
    }

    void randomStep() {
      over = chance.nextInt(8) == 0 ? !over : over;
      silenced = chance.nextInt(10) == 0 ? !silenced : silenced;
      if (chance.nextInt(15) == 0) {
        lead(Arrays.asList(first, second, null).get(chance.nextInt(3)));
      }
      step(chance.nextInt(12) == 0 ? !missing : missing);
    }

    void step(boolean nowMissing) {
      now += 1_000;
      boolean changed = missing != nowMissing;
      missing = nowMissing;
      for (Controller each : List.of(first, second)) {
        each.step(changed);
        assertThat(open()).as("duplicate").hasSizeLessThan(2);
      }
    }

    void lead(@Nullable Controller next) {
      if (next != leader && leader != null) {
        leader.leads = false;
        leader.apply(new AlertEvent.LeadershipLost());
      }
      if (next != leader && next != null) {
        next.leads = true;
        next.apply(new AlertEvent.AlertRestored(open().isEmpty() ? null : open().getFirst()));
        next.apply(new AlertEvent.Refreshed());
        next.apply(new AlertEvent.Republished());
      }
      leader = next;
    }
  }

  private static final class Controller implements AlertInputs {
    private final Walk walk;
    AlertState state = new AlertState.Inactive();
    boolean leads;
    Throttling throttling = Throttling.NONE;
    String note = "a";

    Controller(Walk walk) {
      this.walk = walk;
    }

    private boolean chance(int of) {
      return walk.chance.nextInt(of) == 0;
    }

    void step(boolean changed) {
      if (changed && walk.missing) {
        apply(new AlertEvent.SamplesMissing());
      } else if (!walk.missing && chance(4)) {
        apply(new AlertEvent.SamplesBack());
      }
      if (chance(3)) {
        throttling =
            List.of(Throttling.values()).get(walk.chance.nextInt(Throttling.values().length));
        note = chance(2) ? "a" : "b";
      }
      if (!walk.missing) {
        measured();
        if (!walk.settled && chance(60)) {
          apply(new AlertEvent.Ended(Ending.GONE));
        }
      } else if (chance(10)) {
        apply(new AlertEvent.SamplesMissing());
      }
      apply(new AlertEvent.Ticked());
      if (chance(5)) {
        apply(new AlertEvent.MarksChanged());
      }
      if (state instanceof AlertState.Resolved) {
        state = new AlertState.Inactive();
      }
    }

    private void measured() {
      if (walk.over) {
        if (!(state instanceof Active) || state.isKept()) {
          apply(new AlertEvent.Breached(newId(), null));
        }
      } else if (state instanceof Active && !state.isKept()) {
        apply(walk.keeps ? new AlertEvent.Cleared() : new AlertEvent.Ended(Ending.CLEARED));
      } else if (state instanceof Active || leads) {
        apply(new AlertEvent.Measured(!chance(10), 1_000));
      }
      apply(new AlertEvent.Refreshed());
    }

    void apply(AlertEvent event) {
      AlertState before = state;
      long ids = walk.ids;
      AlertMachine.Transition next = AlertMachine.next(before, event, this);
      walk.ids = ids;
      assertThat(AlertMachine.next(before, event, this))
          .as("the same transition for the same event")
          .isEqualTo(next);
      state = next.state();
      next.published().forEach(alert -> check(before, event, alert));
      if (!before.getClass().equals(state.getClass())) {
        walk.transitions.add(name(before) + " --> " + name(state));
      }
    }

    private void check(AlertState before, AlertEvent event, Alert alert) {
      Alert last = walk.stream.put(alert.id(), alert);
      assertThat(leads).as("invariant 4: %s", event).isTrue();
      if (alert.state() == Alert.State.RESOLVED) {
        assertThat(walk.missing).as("invariant 5: %s", event).isFalse();
        assertThat(last).as("resolved without having been published").isNotNull();
      }
      if (last == null) {
        return;
      }
      assertThat(last.state()).as("resolved is last: %s", event).isNotEqualTo(Alert.State.RESOLVED);
      assertThat(alert.since()).isEqualTo(last.since());
      assertThat(alert.at()).as("order").isAfterOrEqualTo(last.at());
      boolean again =
          event instanceof AlertEvent.Republished
              || event instanceof AlertEvent.Ticked
              || before instanceof AlertState.Waiting;
      if (!again) {
        assertThat(
                alert.state() != last.state()
                    || alert.suppressed() != last.suppressed()
                    || !Objects.equals(alert.action(), last.action()))
            .as("published twice: %s in %s", event, name(before))
            .isTrue();
      }
    }

    @Override
    public long nowMillis() {
      return walk.now;
    }

    @Override
    public Instant wall() {
      return Instant.ofEpochMilli(walk.now);
    }

    @Override
    public MessageId newId() {
      return Messages.id(walk.ids++);
    }

    @Override
    public boolean leads() {
      return leads;
    }

    @Override
    public Throttling throttling() {
      return throttling;
    }

    @Override
    public Alert.Action action() {
      return new Alert.Action(
          "auto",
          null,
          null,
          null,
          60_000,
          List.of(),
          Alert.Effect.UNKNOWN,
          null,
          null,
          note,
          null,
          null);
    }

    @Override
    public long calmMillis() {
      return 5_000;
    }

    @Override
    public long remindMillis() {
      return 30_000;
    }

    @Override
    public Alert message(Active active, Alert.State published, @Nullable Ending ending) {
      Alert like = Messages.alert(0, published);
      return new Alert(
          active.life().id(),
          active.life().incident(),
          published,
          like.severity(),
          like.policy(),
          like.host(),
          like.domain(),
          null,
          active.life().since(),
          wall(),
          like.condition(),
          like.evidence(),
          action(),
          "summary",
          null,
          null,
          null,
          null,
          null);
    }

    @Override
    public Alert marked(Alert alert) {
      return alert.withSuppression(walk.silenced ? Messages.id(1) : null, null, null);
    }
  }

  private static String name(AlertState state) {
    return state.getClass().getSimpleName();
  }

  private static Walk walked(long seed) {
    Walk walk = new Walk(seed);
    for (int i = 0; i < 200; i++) {
      walk.randomStep();
    }
    return walk;
  }

  @Test
  void invariantsHoldForRandomEvents() {
    Property.checkSeeds(500, AlertMachineTest::walked);
  }

  /** An ongoing breach has one open alert, whichever controller led before. */
  @Test
  void noAlertIsLost() {
    Property.checkSeeds(
        500,
        seed -> {
          Walk walk = walked(seed);
          walk.settled = true;
          walk.over = true;
          walk.lead(walk.first);
          for (int i = 0; i < 40; i++) {
            walk.step(false);
          }
          assertThat(walk.open()).hasSize(1);
        });
  }

  @Test
  void alertIsResolvedWhenItsBreachIsMeasuredToBeOver() {
    Property.checkSeeds(
        500,
        seed -> {
          Walk walk = walked(seed);
          walk.settled = true;
          walk.over = false;
          walk.lead(walk.first);
          for (int i = 0; i < 200; i++) {
            walk.step(false);
          }
          assertThat(walk.open()).isEmpty();
        });
  }

  @Test
  void alertWithoutSamplesIsUnknownAndStaysOpen() {
    Property.checkSeeds(
        500,
        seed -> {
          Walk walk = walked(seed);
          walk.settled = true;
          walk.lead(walk.first);
          walk.step(true);
          Set<MessageId> open = Set.copyOf(walk.open().stream().map(Alert::id).toList());
          for (int i = 0; i < 100; i++) {
            walk.step(true);
            walk.first.apply(new AlertEvent.SamplesMissing());
          }
          assertThat(walk.open()).allMatch(each -> each.state() == Alert.State.UNKNOWN);
          assertThat(walk.open().stream().map(Alert::id)).containsAll(open);
        });
  }

  @Test
  void documentationListsTheTransitions() throws Exception {
    Set<String> found = new TreeSet<>();
    for (long seed = 0; seed < 2_000; seed++) {
      found.addAll(walked(seed).transitions);
    }
    List<String> shown = new ArrayList<>();
    Pattern.compile("^ *(\\w+ --> \\w+)", Pattern.MULTILINE)
        .matcher(section())
        .results()
        .forEach(each -> shown.add(each.group(1)));
    assertThat(shown).as(String.join("\n", found)).containsExactlyInAnyOrderElementsOf(found);
  }

  private static String section() throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(page.indexOf("### States of an alert"), page.indexOf("## Invariants"));
  }
}
