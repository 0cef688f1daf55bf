package io.blkwarden.controller.step;

import io.blkwarden.controller.blame.PainWatch;
import io.blkwarden.controller.fleet.HostState;
import io.blkwarden.controller.fleet.Metric;
import io.blkwarden.controller.plan.BrakeCheck;
import io.blkwarden.controller.policy.Brakes;
import io.blkwarden.controller.policy.Mode;
import io.blkwarden.controller.policy.Threshold;
import io.blkwarden.model.MappedDisk;
import io.blkwarden.model.MessageId;
import io.blkwarden.model.Restraint;
import io.blkwarden.model.message.Alert;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells people: publishes an alert when something about it changed, and only then. */
final class Alerts {
  /** Most ends of breaches that wait for a claim; further ones are left out. */
  static final int OWED_MAX = 1_024;

  /** Shortest time between two publications of all open alerts. */
  static final long REPUBLISH_MILLIS = 300_000;

  static final String BRAKES = "brakes";

  private final World world;
  private final List<Alert> owed = new ArrayList<>();
  private final FleetSignal stopped;
  private boolean republishDue;
  private long republishedMillis = -REPUBLISH_MILLIS;

  Alerts(World world) {
    this.world = world;
    this.stopped = new FleetSignal(world, BRAKES, "hosts_anomalous");
  }

  /** Why a case is over. */
  enum Ending {
    CLEARED("the condition is over"),
    GONE("the disk is gone"),
    REBORN("the guest was started anew, and is judged anew"),
    UNMATCHED("the policy is not about this disk any more"),
    POLICY_GONE("the policy was changed or removed"),
    FORGOTTEN("the host is gone for good, and was forgotten");

    private final String sentence;

    Ending(String sentence) {
      this.sentence = sentence;
    }

    String sentence() {
      return sentence;
    }
  }

  /** Publishes the alert of a breached case if it differs from what was published last. */
  void refresh(HostWatch watch, Case about) {
    Episode episode = about.episode;
    if (episode == null || world.claim().isEmpty()) {
      return;
    }
    Alert.State state = state(about, episode);
    Alert.Action action = action(about, episode);
    Alert last = episode.published;
    if (last != null && last.state() == state && Objects.equals(last.action(), action)) {
      return;
    }
    publish(watch, about, episode, state, action, null);
  }

  /**
   * Publishes all open alerts again after a claim, since another controller may have published in
   * between. At most once in {@link #REPUBLISH_MILLIS}, whatever the claims were made for; what was
   * never published is published at once.
   *
   * @param claimed whether the claim was made just now
   */
  void republish(boolean claimed) {
    if (claimed) {
      republishDue = true;
      eachOpen((watch, about) -> world.recalled.join(watch, about));
      eachOpen(this::refresh);
    }
    if (!republishDue
        || world.claim().isEmpty()
        || world.millis() - republishedMillis < REPUBLISH_MILLIS) {
      return;
    }
    republishDue = false;
    republishedMillis = world.millis();
    eachOpen((watch, about) -> {
      Episode episode = about.episode;
      if (episode != null && episode.publishedMillis < world.millis()) {
        episode.published = null;
        refresh(watch, about);
      }
    });
  }

  private void eachOpen(BiConsumer<HostWatch, Case> action) {
    for (HostWatch watch : world.hosts.values()) {
      for (Case each : watch.casesNow()) {
        if (each.episode != null) {
          action.accept(watch, each);
        }
      }
    }
  }

  /** Publishes an open alert again, with its id and what is known now, if its policy wants that. */
  void remind(HostWatch watch, Case about) {
    Episode episode = about.episode;
    long every = about.policy.then().life().remindMillis();
    if (episode != null
        && episode.published != null
        && every > 0
        && world.claim().isPresent()
        && world.millis() - episode.publishedMillis >= every) {
      publish(watch, about, episode, state(about, episode), action(about, episode), null);
    }
  }

  /** Publishes the end of a breach. */
  void resolve(HostWatch watch, Case about, Ending ending) {
    Episode episode = about.episode;
    if (episode != null && episode.published != null) {
      publish(watch, about, episode, Alert.State.RESOLVED, action(about, episode), ending);
    }
  }

  private void publish(
      HostWatch watch,
      Case about,
      Episode episode,
      Alert.State state,
      Alert.@Nullable Action action,
      @Nullable Ending ending) {
    MappedDisk disk = about.row < watch.state.rows() ? watch.state.disk(about.row) : null;
    Alert.Evidence evidence = evidence(watch, about);
    Threshold when = about.detector.when();
    Alert alert =
        new Alert(
            episode.alert,
            episode.incident,
            state,
            about.policy.then().severity(),
            about.policy.name(),
            watch.host(),
            about.domain,
            disk == null || !disk.key().equals(about.disk) ? null : alertDisk(disk),
            episode.since,
            world.now().wall(),
            new Alert.Condition(
                when.metric().id(),
                rounded(about.value),
                when.above(),
                when.forMillis(),
                when.clearBelow()),
            evidence,
            action,
            Summary.of(watch, about, episode, state, evidence, ending, world.now().wall()));
    episode.published = alert;
    episode.publishedMillis = world.millis();
    if (world.claim().isPresent()) {
      episode.published = world.publish(alert);
    } else if (owed.size() < OWED_MAX) {
      owed.add(alert);
    }
  }

  /** Publishes the ends of breaches that came while another controller had the claim; whose. */
  List<MessageId> payOwed() {
    owed.forEach(world::publish);
    List<MessageId> ended = owed.stream().map(Alert::id).toList();
    owed.clear();
    return ended;
  }

  /** Says of a host's open alerts that nothing is known, or that it is again. */
  void unknown(HostWatch watch, boolean unknown) {
    for (Case each : watch.casesNow()) {
      if (each.episode != null) {
        each.episode.unknown = unknown;
        refresh(watch, each);
      }
    }
  }

  private static Alert.State state(Case about, Episode episode) {
    if (episode.unknown) {
      return Alert.State.UNKNOWN;
    }
    Throttle throttle = episode.throttle;
    return throttle != null && throttle.owner == about && throttle.held()
        ? Alert.State.HANDLED
        : Alert.State.FIRING;
  }

  private static Alert.@Nullable Action action(Case about, Episode episode) {
    if (about.policy.mode() == Mode.OBSERVE || about.policy.then().ladder().isEmpty()) {
      return null;
    }
    Throttle throttle = episode.throttle;
    Restraint restraint = throttle == null ? episode.wanted : throttle.restraint;
    return new Alert.Action(
        about.policy.mode().wire(),
        throttle == null ? null : throttle.lease,
        restraint,
        about.policy.then().leaseMillis(),
        throttle == null ? List.of() : throttle.workers,
        episode.effect,
        episode.before,
        episode.after,
        episode.note.isEmpty() ? null : cut(episode.note));
  }

  private static String cut(String note) {
    return note.length() > 1_000 ? note.substring(0, 1_000) : note;
  }

  private static Alert.AlertDisk alertDisk(MappedDisk disk) {
    return new Alert.AlertDisk(
        disk.disk().vdev(), disk.volume().path(), disk.volume().role(), disk.volume().device());
  }

  private static Alert.Evidence evidence(HostWatch watch, Case about) {
    HostState state = watch.state;
    Optional<PainWatch.Finding> blame = watch.blaming.of(watch, about);
    return new Alert.Evidence(
        known(state, Metric.DEVICE_TIME_SHARE, about.row),
        known(state, Metric.DEVICE_UTIL, about.row),
        known(state, Metric.DEVICE_AWAIT, about.row),
        known(state, Metric.HOST_IO_FULL, about.row),
        blame.map(Blaming::correlation).orElse(null),
        blame.map(Blaming::told).orElse(null),
        about.history.rows());
  }

  private static @Nullable Double known(HostState state, Metric metric, int row) {
    if (row >= state.rows()) {
      return null;
    }
    double value = state.value(metric, row);
    return Double.isNaN(value) ? null : rounded(value);
  }

  private static double rounded(double value) {
    return Math.round(value * 1_000) / 1_000.0;
  }

  /**
   * Pages when the fleet is so anomalous that nothing is throttled any more, and when it is over.
   */
  void fleet() {
    Brakes brakes = world.rules().policies.brakes();
    boolean now = BrakeCheck.stopped(brakes, world.hostsLive(), world.hostsAnomalous());
    double share = (double) world.hostsAnomalous() / Math.max(1, world.hostsLive());
    String counts =
        "%d of %d hosts have a breach".formatted(world.hostsAnomalous(), world.hostsLive());
    String firing =
        "%s, more than %.0f%%: nothing is throttled until that is over."
            .formatted(counts, brakes.stopIfHostsAnomalous() * 100);
    stopped.set(
        now, share, brakes.stopIfHostsAnomalous(), firing, counts + ": throttling continues.");
  }
}
