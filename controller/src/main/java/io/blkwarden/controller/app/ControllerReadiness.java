package io.blkwarden.controller.app;

import io.blkwarden.controller.bus.BusStatus;
import io.blkwarden.controller.bus.FleetBus;
import io.blkwarden.controller.config.PolicyWatch;
import io.blkwarden.controller.http.FleetView;
import io.blkwarden.controller.http.Readiness;
import io.blkwarden.controller.ingest.EngineRunner;
import io.blkwarden.controller.leader.Leadership;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The readiness of a controller.
 *
 * @param policies absent without a policy folder
 */
record ControllerReadiness(
    EngineRunner engine, FleetBus bus, FleetView view, @Nullable PolicyWatch policies) {
  /** An engine that ticks each second and has processed nothing for this long hangs. */
  private static final long ENGINE_IDLE_MILLIS = 15_000;

  /** What is wrong; ready if only remarks are. */
  Readiness get() {
    List<String> problems = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    long idle = engine.idleMillis();
    if (idle > ENGINE_IDLE_MILLIS) {
      problems.add("the engine has processed nothing for %d s".formatted(idle / 1_000));
    }
    BusStatus status = bus.status();
    if (!status.problem().isEmpty()) {
      problems.add(status.problem());
    }
    switch (status.leadership()) {
      case Leadership.Leading _ -> {}
      case Leadership.Unknown _ -> problems.add("no leader known yet");
      case Leadership.Following(String holder, long _) ->
          problems.add("standby: controller %s leads".formatted(holder));
    }
    view.operatorState()
        .pause()
        .ifPresent(pause ->
            remarks.add(
                "enforcement is paused by %s since %s: %s"
                    .formatted(pause.by(), pause.at(), pause.reason())));
    remarks.addAll(view.problemRemarks());
    if (policies == null) {
      problems.add("started without --policies, so it never leads");
    } else {
      if (policies.load().good().isEmpty()) {
        problems.add("no valid policy file in %s, so it never leads".formatted(policies.folder()));
      }
      if (!policies.folderProblem().isEmpty()) {
        remarks.add(policies.folderProblem());
      }
      policies.load().problems().forEach(problem -> remarks.add(problem.toString()));
    }
    return new Readiness(!engine.hasFailed(), problems, remarks);
  }
}
