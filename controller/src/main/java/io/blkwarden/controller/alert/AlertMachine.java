package io.blkwarden.controller.alert;

import io.blkwarden.controller.alert.AlertEvent.Ending;
import io.blkwarden.controller.alert.AlertInputs.Throttling;
import io.blkwarden.controller.alert.AlertState.Active;
import io.blkwarden.controller.alert.AlertState.Firing;
import io.blkwarden.controller.alert.AlertState.Handled;
import io.blkwarden.controller.alert.AlertState.Inactive;
import io.blkwarden.controller.alert.AlertState.Kept;
import io.blkwarden.controller.alert.AlertState.Life;
import io.blkwarden.controller.alert.AlertState.Resolved;
import io.blkwarden.controller.alert.AlertState.Restored;
import io.blkwarden.controller.alert.AlertState.Unknown;
import io.blkwarden.controller.alert.AlertState.Waiting;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The state machine of an alert: the only place where its state changes. */
public final class AlertMachine {
  private final AlertInputs inputs;
  private final List<Alert> published = new ArrayList<>();

  private AlertMachine(AlertInputs inputs) {
    this.inputs = inputs;
  }

  /**
   * The outcome of a transition.
   *
   * @param published the alerts to publish, in order
   */
  public record Transition(AlertState state, List<Alert> published) {}

  /** The next state, and what is to be published. */
  public static Transition next(AlertState state, AlertEvent event, AlertInputs inputs) {
    AlertMachine step = new AlertMachine(inputs);
    AlertState next =
        switch (state) {
          case Inactive none -> step.inactive(none, event);
          case Restored earlier -> step.restored(earlier, event);
          case Active active -> step.active(active, event);
          case Resolved over -> over;
        };
    return new Transition(next, step.published);
  }

  private AlertState inactive(Inactive state, AlertEvent event) {
    return switch (event) {
      case AlertEvent.Breached breach ->
          new Waiting(new Life(breach.id(), breach.incident(), inputs.wall(), null, 0));
      case AlertEvent.AlertRestored(Alert open) -> open == null ? state : new Restored(open, 0);
      case AlertEvent.OfBreach _,
          AlertEvent.Measured _,
          AlertEvent.SamplesMissing _,
          AlertEvent.Ended _,
          AlertEvent.LeadershipLost _ ->
          state;
    };
  }

  private AlertState restored(Restored state, AlertEvent event) {
    Alert last = state.last();
    return switch (event) {
      case AlertEvent.Breached _ -> new Waiting(Life.of(last));
      case AlertEvent.Measured(boolean calm, long window) -> {
        long calmMillis = calm ? state.calmMillis() + window : 0;
        yield calm && calmMillis >= inputs.calmMillis()
            ? resolve(last, Ending.CLEARED)
            : new Restored(last, calmMillis);
      }
      case AlertEvent.SamplesMissing _ ->
          last.state() == Alert.State.UNKNOWN
              ? state
              : new Restored(
                  publish(AlertFacts.restored(last, Alert.State.UNKNOWN, inputs.wall(), null)),
                  state.calmMillis());
      case AlertEvent.Ended(Ending ending) -> resolve(last, ending);
      case AlertEvent.AlertRestored(Alert open) ->
          open == null ? new Inactive() : new Restored(open, 0);
      case AlertEvent.LeadershipLost _ -> new Inactive();
      case AlertEvent.OfBreach _ -> state;
    };
  }

  private Resolved resolve(Alert last, Ending ending) {
    publish(AlertFacts.restored(last, Alert.State.RESOLVED, inputs.wall(), ending));
    return new Resolved();
  }

  private AlertState active(Active state, AlertEvent event) {
    Life life = state.life();
    return switch (event) {
      case AlertEvent.Breached _ ->
          switch (state) {
            case Kept _ -> measured(life);
            case Unknown _ -> new Unknown(life, false, 0);
            case Waiting _, Firing _, Handled _ -> state;
          };
      case AlertEvent.Refreshed _ -> refreshed(state);
      case AlertEvent.Cleared _ ->
          state instanceof Unknown ? new Unknown(life, true, 0) : new Kept(life, 0);
      case AlertEvent.Measured(boolean calm, long window) ->
          switch (state) {
            case Kept kept -> counted(kept, calm ? kept.calmMillis() + window : 0);
            case Unknown unknown when unknown.kept() ->
                counted(unknown, calm ? unknown.calmMillis() + window : 0);
            case Unknown _, Waiting _, Firing _, Handled _ -> state;
          };
      case AlertEvent.SamplesMissing _ ->
          refreshed(
              switch (state) {
                case Unknown unknown -> unknown;
                case Kept(var _, long calmMillis) -> new Unknown(life, true, calmMillis);
                case Waiting _, Firing _, Handled _ -> new Unknown(life, false, 0);
              });
      case AlertEvent.SamplesBack _ ->
          state instanceof Unknown(var _, boolean kept, long calmMillis)
              ? refreshed(kept ? new Kept(life, calmMillis) : measured(life))
              : state;
      case AlertEvent.Ended(Ending ending) -> ended(state, ending);
      case AlertEvent.Ticked _ -> ticked(state);
      case AlertEvent.MarksChanged _ -> marksChanged(state);
      case AlertEvent.Republished _ ->
          inputs.leads() && life.lastMillis() < inputs.nowMillis() && !pending(state)
              ? sent(state)
              : state;
      case AlertEvent.AlertRestored(Alert open) -> restored(state, open);
      case AlertEvent.LeadershipLost _ -> state;
    };
  }

  /** The state of an alert whose condition is met, until it is refreshed. */
  private static Active measured(Life life) {
    Alert last = life.last();
    return last == null
        ? new Waiting(life)
        : last.state() == Alert.State.HANDLED ? new Handled(life) : new Firing(life);
  }

  private AlertState counted(Active state, long calmMillis) {
    if (calmMillis > 0 && calmMillis >= inputs.calmMillis()) {
      return ended(state, Ending.CLEARED);
    }
    return state instanceof Unknown
        ? new Unknown(state.life(), true, calmMillis)
        : new Kept(state.life(), calmMillis);
  }

  /** Published if it differs from the last publication. */
  private Active refreshed(Active state) {
    Alert last = state instanceof Waiting ? null : state.life().last();
    boolean waits =
        last == null
            ? pending(state)
            : last.state() == shown(state) && Objects.equals(last.action(), inputs.action());
    return waits || !inputs.leads() ? state : sent(state);
  }

  private boolean pending(Active state) {
    return state instanceof Waiting && inputs.throttling() == Throttling.PENDING;
  }

  private Alert.State shown(Active state) {
    return switch (state) {
      case Unknown _ -> Alert.State.UNKNOWN;
      case Kept _ -> Alert.State.FIRING;
      case Waiting _, Firing _, Handled _ ->
          inputs.throttling() == Throttling.IN_FORCE ? Alert.State.HANDLED : Alert.State.FIRING;
    };
  }

  private Active sent(Active state) {
    Alert.State shown = shown(state);
    return with(state, publish(inputs.message(state, shown, null)));
  }

  private Active with(Active state, Alert last) {
    Life life = state.life().published(last, inputs.nowMillis());
    return with(state, life, measured(life));
  }

  /**
   * The same state with another life.
   *
   * @param measured the state if the condition is met and known
   */
  private static Active with(Active state, Life life, Active measured) {
    return switch (state) {
      case Unknown(var _, boolean kept, long calmMillis) -> new Unknown(life, kept, calmMillis);
      case Kept(var _, long calmMillis) -> new Kept(life, calmMillis);
      case Waiting _, Firing _, Handled _ -> measured;
    };
  }

  private Active ticked(Active state) {
    if (state instanceof Waiting) { // without a throttle the next sample publishes it
      return inputs.throttling() == Throttling.NONE ? state : refreshed(state);
    }
    boolean due =
        state.life().last() != null
            && inputs.remindMillis() > 0
            && inputs.nowMillis() - state.life().lastMillis() >= inputs.remindMillis();
    return due && inputs.leads() ? sent(state) : state;
  }

  private Active marksChanged(Active state) {
    Alert last = state.life().last();
    if (last == null || state instanceof Waiting || !inputs.leads()) {
      return state;
    }
    return inputs.marked(last).equals(last)
        ? state
        : with(state, publish(last.withState(last.state(), inputs.wall(), last.summary())));
  }

  /** A standby publishes nothing: once it leads, the open alert is restored and resolved. */
  private Resolved ended(Active state, Ending ending) {
    if (inputs.leads()) {
      boolean throttled = inputs.throttling() != Throttling.NONE;
      Active shown = state.life().last() == null && throttled ? sent(state) : state;
      if (shown.life().last() != null) {
        publish(inputs.message(shown, Alert.State.RESOLVED, ending));
      }
    }
    return new Resolved();
  }

  /** An alert that is no longer open was resolved by another leader: the breach gets a new one. */
  private Active restored(Active state, @Nullable Alert open) {
    Life life = state.life();
    boolean waits = open == null || life.last() == null || !open.id().equals(life.id());
    Life next = life;
    if (open != null) {
      next = waits ? Life.of(open) : life.published(open, life.lastMillis());
    } else if (life.last() != null) {
      next = new Life(inputs.newId(), life.incident(), life.since(), null, 0);
    }
    return with(state, next, waits ? new Waiting(next) : measured(next));
  }

  private Alert publish(Alert alert) {
    Alert marked = inputs.marked(alert);
    published.add(marked);
    return marked;
  }
}
