package io.blkwarden.controller.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.throttle.ThrottleEvent.LeaseEnded.Cause;
import io.blkwarden.controller.throttle.ThrottleState.Leased;
import io.blkwarden.controller.throttle.ThrottleState.Unleased;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import io.blkwarden.testing.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random events for a throttle: the invariants hold in every state. */
final class ThrottleMachineTest {
  private static final Path PAGE = Path.of("../docs/CONCEPTS.md");
  private static final Restraint LIMIT = new Restraint.Limit(20);
  private static final List<Restraint> LADDER =
      List.of(Restraint.Priority.bestEffort(7), Restraint.Priority.IDLE, LIMIT);
  private static final WindowSums STORM =
      new WindowSums(10, 10_000, 800, 800, 0.9, 100, 40, 3, 900);
  private static final List<WindowSums> AFTER =
      List.of(
          STORM, // no effect
          new WindowSums(10, 10_000, 60, 60, 0.9, 100, 4, 1, 160), // worked
          new WindowSums(10, 10_000, 800, 800, 0.9, 50, 90, 9, 100), // harmed
          new WindowSums(10, 10_000, 60, 60, 0.1, 0, 0, 0, 60), // no other disk competes
          WindowSums.NONE);

  /** A throttle with randomly changing surroundings. */
  private static final class Walk implements ThrottleInputs {
    final Random chance;
    final Set<String> transitions = new TreeSet<>();
    ThrottleState state = new ThrottleState.Idle();
    Attempts attempts = Attempts.NONE;
    boolean owned = true;
    long now = 1_000_000;
    Mode mode;
    final boolean standing;
    boolean leads = true;
    boolean over = true;
    boolean acts = true;
    boolean listed;
    boolean safe = true;
    boolean commanded = true;
    boolean renewed = true;
    WindowSums sums = STORM;
    int ladderLeft = LADDER.size();

    Walk(long seed) {
      chance = new Random(seed);
      mode = List.of(Mode.SHADOW, Mode.APPROVE, Mode.AUTO).get(chance.nextInt(3));
      standing = chance.nextInt(4) == 0;
    }

    @Override
    public @Nullable Restraint standing() {
      return standing ? LADDER.getFirst() : null;
    }

    void step() {
      now += chance.nextInt(10) == 0 ? chance.nextInt(400_000) : 1_000;
      leads = likely(leads);
      over = likely(over);
      acts = likely(acts);
      safe = likely(safe);
      commanded = likely(commanded);
      renewed = likely(renewed);
      listed = chance.nextInt(60) == 0;
      ladderLeft = chance.nextInt(20) == 0 ? chance.nextInt(LADDER.size() + 1) : LADDER.size();
      if (chance.nextInt(8) == 0) {
        sums = AFTER.get(chance.nextInt(AFTER.size()));
      }
      apply(chance.nextInt(owned ? 3 : 1) == 0 ? event() : new ThrottleEvent.Evaluated());
      apply(new ThrottleEvent.Ticked());
    }

    private boolean likely(boolean before) {
      return chance.nextInt(before ? 25 : 5) == 0 ? !before : before;
    }

    private ThrottleEvent event() {
      CommandPurpose purpose = purpose();
      Restraint restraint = purpose == CommandPurpose.RELEASE ? null : restraint(purpose);
      Instant wall = wall();
      return switch (chance.nextInt(18)) {
        case 0, 1, 2, 3, 4, 5 ->
            purpose == CommandPurpose.RELEASE
                ? new ThrottleEvent.LeaseEnded(Cause.RELEASED, "", purpose, wall)
                : new ThrottleEvent.Applied(purpose, restraint, wall, 60_000L, List.of());
        case 6 ->
            new ThrottleEvent.Rejected(
                purpose, restraint, "why", chance.nextBoolean(), chance.nextBoolean());
        case 7 -> new ThrottleEvent.Unanswered(purpose, restraint, "why");
        case 8 -> new ThrottleEvent.LeaseEnded(cause(), "why", null, wall);
        case 9 -> new ThrottleEvent.Reported(chance.nextBoolean(), 60_000);
        case 10 -> new ThrottleEvent.DiskThrottled(newId(), "by ana");
        case 11 ->
            new ThrottleEvent.BreachEnded(
                "swap-storm", "the condition is over", chance.nextBoolean());
        case 12 -> new ThrottleEvent.Approved("ana", "why");
        case 13 -> new ThrottleEvent.MapReceived();
        case 14 -> new ThrottleEvent.Adopted(chance.nextBoolean());
        case 15 ->
            chance.nextInt(4) == 0
                ? new ThrottleEvent.OperatorReleased("ana", "why", chance.nextBoolean())
                : new ThrottleEvent.Resumed();
        case 16 ->
            chance.nextInt(3) == 0
                ? new ThrottleEvent.Denied("ana", "why")
                : new ThrottleEvent.Resumed();
        default -> new ThrottleEvent.OperatorSet("ana", "why", LIMIT, 60_000);
      };
    }

    private CommandPurpose purpose() {
      return switch (state) {
        case ThrottleState.Requested _ -> CommandPurpose.START;
        case ThrottleState.Releasing _ -> CommandPurpose.RELEASE;
        case ThrottleState.SteppingDown _ -> CommandPurpose.MOVE;
        case ThrottleState.InForce _, Unleased _ ->
            chance.nextBoolean() ? CommandPurpose.MOVE : CommandPurpose.RENEW;
      };
    }

    private Restraint restraint(CommandPurpose purpose) {
      return purpose == CommandPurpose.MOVE || !(state instanceof Leased held)
          ? LADDER.get(chance.nextInt(LADDER.size()))
          : held.lease().restraint();
    }

    private Cause cause() {
      return List.of(Cause.values()).get(chance.nextInt(Cause.values().length));
    }

    void apply(ThrottleEvent event) {
      if (!fits(event)) {
        return;
      }
      ThrottleState before = state;
      ThrottleMachine.Transition next = ThrottleMachine.next(state, attempts, event, this);
      assertThat(ThrottleMachine.next(state, attempts, event, this))
          .as("the same transition for the same event")
          .isEqualTo(next);
      state = next.state();
      attempts = next.attempts();
      boolean disowned =
          event instanceof ThrottleEvent.BreachEnded || event instanceof ThrottleEvent.OperatorSet;
      boolean adopted = event instanceof ThrottleEvent.Adopted;
      owned = state instanceof Unleased || adopted || (owned && !disowned);
      check(before, event, next.effects());
      if (!before.getClass().equals(state.getClass())) {
        transitions.add(name(before) + " --> " + name(state));
      }
    }

    /** Excludes inputs that the engine never creates, such as two breaches of a lease. */
    private boolean fits(ThrottleEvent event) {
      return switch (event) {
        case ThrottleEvent.Adopted _ ->
            state instanceof Leased held && !owned && held.lease().operator() == null;
        case ThrottleEvent.Evaluated _, ThrottleEvent.BreachEnded _ -> owned;
        case ThrottleEvent.OperatorSet _ ->
            leads && commanded && safe && (state instanceof ThrottleState.Idle || state.inForce());
        case ThrottleEvent.OperatorReleased _ -> leads;
        default -> true;
      };
    }

    private void check(ThrottleState before, ThrottleEvent event, List<ThrottleEffect> effects) {
      for (ThrottleEffect effect : effects) {
        switch (effect) {
          case ThrottleEffect.SendSet set -> {
            assertThat(leads).as("invariant 4: %s", event).isTrue();
            assertThat(state).as("a set has a lease").isInstanceOf(Leased.class);
            if (event instanceof ThrottleEvent.Evaluated && before instanceof Unleased) {
              assertThat(safe && commanded).as("invariant 6: %s", event).isTrue();
              assertThat(over).as("invariant 5: %s", event).isTrue();
              assertThat(mode).isNotEqualTo(Mode.SHADOW);
            } else if (event instanceof ThrottleEvent.Evaluated) {
              assertThat(renewed).as("invariant 1: %s", event).isTrue();
            }
            if (event instanceof ThrottleEvent.Evaluated) {
              assertThat(effects)
                  .as("invariant 7: %s", event)
                  .anyMatch(ThrottleEffect.RecordDecision.class::isInstance);
            }
          }
          case ThrottleEffect.SendRelease _ -> {
            assertThat(leads).as("invariant 4: %s", event).isTrue();
            assertThat(state).isInstanceOf(ThrottleState.Releasing.class);
          }
          case ThrottleEffect.RecordDecision _,
              ThrottleEffect.RefreshAlert _,
              ThrottleEffect.NoteHarm _,
              ThrottleEffect.RequestMap _ -> {}
        }
      }
      if (before instanceof Unleased && state instanceof Leased) {
        assertThat(effects).hasAtLeastOneElementOfType(ThrottleEffect.SendSet.class);
      }
      if (!before.report().worked() && state.report().worked()) {
        WindowSums was = state instanceof Leased held ? held.effect().before() : WindowSums.NONE;
        assertThat(sums.otherIos()).as("invariant 9, neighbours compete: %s", event).isPositive();
        assertThat(
                sums.otherAwaitMillis() < was.otherAwaitMillis()
                    || sums.otherIos() > was.otherIos()
                    || sums.share() < was.share())
            .as("invariant 9: %s", event)
            .isTrue();
      }
      assertThat(ThrottleText.reason(state, attempts)).doesNotStartWith("not throttled");
    }

    @Override
    public long nowMillis() {
      return now;
    }

    @Override
    public Instant wall() {
      return Instant.ofEpochMilli(now);
    }

    @Override
    public ThrottleInputs.Times times() {
      return new ThrottleInputs.Times(10_000, 5_000);
    }

    @Override
    public MessageId newId() {
      return MessageId.of(now, new Random(now));
    }

    @Override
    public boolean canCommand() {
      return leads;
    }

    @Override
    public String policy() {
      return "swap-storm";
    }

    @Override
    public Mode mode() {
      return mode;
    }

    @Override
    public List<Restraint> ladder() {
      return LADDER;
    }

    @Override
    public long leaseMillis() {
      return 60_000;
    }

    @Override
    public String reason() {
      return "policy swap-storm";
    }

    @Override
    public boolean mayAct() {
      return acts;
    }

    @Override
    public boolean overThreshold() {
      return over;
    }

    @Override
    public long knownMillis() {
      return now;
    }

    @Override
    public boolean swap() {
      return true;
    }

    @Override
    public boolean isProtected() {
      return listed;
    }

    @Override
    public List<Alert.AlertWorker> workers() {
      return List.of(new Alert.AlertWorker(176, "176.xvda2-0"));
    }

    @Override
    public Optional<Refusal> safetyRefusal() {
      return safe ? Optional.empty() : Optional.of(Refusal.Plain.MAP_INCOMPLETE);
    }

    @Override
    public Optional<Refusal> commandRefusal() {
      if (!leads) {
        return Optional.of(Refusal.Plain.NOT_LEADER);
      }
      return commanded ? Optional.empty() : Optional.of(Refusal.Plain.READ_ONLY_AGENT);
    }

    @Override
    public Optional<Refusal> renewalRefusal() {
      if (!leads) {
        return Optional.of(Refusal.Plain.NOT_LEADER);
      }
      return renewed ? Optional.empty() : Optional.of(new Refusal.WorkersNotProven(null));
    }

    @Override
    public Ladder.Next nextStep(int from) {
      return from < ladderLeft
          ? new Ladder.Next.Available(from, LADDER.get(from), "")
          : ladderLeft == 0 ? new Ladder.Next.Ineffective("sda") : new Ladder.Next.Exhausted("");
    }

    @Override
    public OptionalInt softerStep(List<Restraint> ladder, int from) {
      return renewed && from > 0 ? OptionalInt.of(from - 1) : OptionalInt.empty();
    }

    @Override
    public WindowSums window(long fromMillis, long toMillis) {
      return state instanceof Leased ? sums : STORM;
    }

    @Override
    public LimitProbe.Reading limitReading() {
      return new LimitProbe.Reading(50, 100, 200, chance(), 60_000);
    }

    private boolean chance() {
      return now / 60_000 % 2 == 0;
    }
  }

  private static String name(ThrottleState state) {
    return state.getClass().getSimpleName();
  }

  @Test
  void invariantsHoldForRandomEvents() {
    Property.checkSeeds(
        300,
        seed -> {
          Walk walk = new Walk(seed);
          for (int i = 0; i < 200; i++) {
            walk.step();
          }
        });
  }

  /** Invariant 2: without renewals each lease expires, in every state. */
  @Test
  void everyLeaseEndsByItsExpiryAtTheLatest() {
    Property.checkSeeds(
        300,
        seed -> {
          Walk walk = new Walk(seed);
          for (int i = 0; i < 40; i++) {
            walk.step();
          }
          walk.leads = false;
          long ends = walk.state instanceof Leased held ? held.lease().endsMillis() : 0;
          while (walk.now <= ends + Step.LEASE_GRACE_MILLIS) {
            walk.now += 1_000;
            walk.apply(new ThrottleEvent.Evaluated());
            walk.apply(new ThrottleEvent.Ticked());
          }
          assertThat(walk.state).isInstanceOf(Unleased.class);
        });
  }

  /** A lasting breach is evaluated again: only the finished state is final. */
  @Test
  void everyPauseEnds() {
    Property.checkSeeds(
        300,
        seed -> {
          Walk walk = new Walk(seed);
          for (int i = 0; i < 40; i++) {
            walk.step();
          }
          if (walk.state instanceof ThrottleState.Resting rest) {
            walk.now = Math.max(walk.now, rest.untilMillis());
            walk.acts = true;
            walk.over = true;
            walk.apply(new ThrottleEvent.Evaluated());
            assertThat(walk.state).isNotEqualTo(rest);
          }
        });
  }

  @Test
  void documentationListsTheTransitions() throws Exception {
    Set<String> found = new TreeSet<>();
    for (long seed = 0; seed < 4_000; seed++) {
      Walk walk = new Walk(seed);
      for (int i = 0; i < 100; i++) {
        walk.step();
      }
      found.addAll(walk.transitions);
    }
    List<String> shown = new ArrayList<>();
    Pattern.compile("^ *(\\w+ --> \\w+)", Pattern.MULTILINE)
        .matcher(section())
        .results()
        .forEach(each -> shown.add(each.group(1)));
    assertThat(shown).as(String.join("\n", found)).containsExactlyInAnyOrderElementsOf(found);
  }

  @Test
  void documentationListsTheStates() throws Exception {
    String page = section();
    List<Class<?>> states = new ArrayList<>();
    for (Class<?> group : List.of(Unleased.class, Leased.class)) {
      states.addAll(Arrays.asList(permitted(group)));
    }
    assertThat(states.stream().map(Class::getSimpleName).collect(Collectors.toSet()))
        .hasSize(10)
        .allSatisfy(state -> assertThat(page).contains("| `" + state + "` |"));
  }

  private static String section() throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(
        page.indexOf("## States of a throttle"), page.indexOf("## States of an alert"));
  }

  private static Class<?>[] permitted(Class<?> group) {
    Class<?> @Nullable [] permitted = group.getPermittedSubclasses();
    return permitted == null ? new Class<?>[0] : permitted;
  }
}
