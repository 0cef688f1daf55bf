package io.blkwarden.controller.step;

import io.blkwarden.model.HostId;
import io.blkwarden.model.MappingState;
import io.blkwarden.model.message.MappingEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Takes changes of the maps, and of the policies, and finds the cases' new places. */
final class Mapping {
  private final World world;
  private final Sampling sampling;
  private final HostProblems problems;

  Mapping(World world, Sampling sampling, HostProblems problems) {
    this.world = world;
    this.sampling = sampling;
    this.problems = problems;
  }

  void take(MappingEvent event) {
    world.watch(event.origin().host()).ifPresent(watch -> take(watch, event));
  }

  /** What was refused may have been of the map; it is asked for until it comes. */
  void missed(HostId host) {
    world
        .watch(host)
        .ifPresent(watch -> {
          watch.missed = true;
          world.wantSnapshot(watch);
        });
  }

  private void take(HostWatch watch, MappingEvent event) {
    if (watch.runs.duplicate()) {
      return; // whose it is nobody can tell; the map is asked for once one agent is left
    }
    switch (watch.state.apply(event)) {
      case IGNORED -> {}
      case GAP -> world.wantSnapshot(watch);
      case UPDATED -> {
        closeGone(watch);
        closeReborn(watch, true);
        watch.match(world.rules());
        watch.blaming.match(watch, world.rules(), world.blameBudget);
        closeUnmatched(watch);
      }
      case REBASED -> answered(watch);
      case REPLACED -> {
        replaced(watch);
        answered(watch);
      }
    }
  }

  private void replaced(HostWatch watch) {
    List<Case> kept = new ArrayList<>();
    List<Case> gone = new ArrayList<>();
    for (Case each : watch.casesNow()) {
      OptionalInt row = watch.state.rowOf(each.disk);
      if (row.isPresent()) {
        each.row = row.getAsInt();
        kept.add(each);
      } else {
        each.row = Integer.MAX_VALUE;
        gone.add(each);
      }
    }
    watch.index(world.rules(), kept);
    watch.blaming.match(watch, world.rules(), world.blameBudget);
    gone.forEach(each -> sampling.close(watch, each, Alerts.Ending.GONE));
    closeGone(watch);
    closeReborn(watch, false);
    closeUnmatched(watch);
  }

  /** The snapshot that some cases waited for is there. */
  private void answered(HostWatch watch) {
    world.snapshots.came(watch);
    problems.look(watch);
    for (Case each : watch.cases.values()) {
      Episode episode = each.episode;
      if (episode != null && episode.awaitsSnapshot) {
        episode.awaitsSnapshot = false;
        episode.restUntilMillis = 0;
      }
    }
  }

  private void closeGone(HostWatch watch) {
    for (Case each : watch.casesNow()) {
      if (watch.state.disk(each.row).state() == MappingState.GONE) {
        sampling.close(watch, each, Alerts.Ending.GONE);
      }
    }
  }

  /** What one run of a guest did is no reason to throttle its next one. */
  private void closeReborn(HostWatch watch, boolean seen) {
    for (Case each : watch.casesNow()) {
      if (!each.servedBy.goesOn(watch.state.map().boot(), watch.state.disk(each.row), seen)) {
        sampling.close(watch, each, Alerts.Ending.REBORN);
      }
    }
  }

  /** A disk whose role or whose domain's name changed may be another policy's from now on. */
  private void closeUnmatched(HostWatch watch) {
    for (Case each : watch.casesNow()) {
      if (!watch.matches(each)) {
        sampling.close(watch, each, Alerts.Ending.UNMATCHED);
      }
    }
  }

  /** Takes other policies; a case goes on if its policy is still the same. */
  void rules(Rules next) {
    for (HostWatch watch : world.hosts.values()) {
      List<Case> over = new ArrayList<>();
      List<Case> kept = new ArrayList<>();
      for (Case each : watch.casesNow()) {
        int index = next.ofDisks.indexOf(each.policy);
        if (index < 0) {
          over.add(each);
        } else {
          kept.add(each);
        }
      }
      over.forEach(each -> sampling.close(watch, each, Alerts.Ending.POLICY_GONE));
      kept.forEach(each -> each.policyIndex = next.ofDisks.indexOf(each.policy));
      watch.index(next, kept);
      watch.blaming.match(watch, next, world.blameBudget);
    }
    world.rules(next);
  }
}
