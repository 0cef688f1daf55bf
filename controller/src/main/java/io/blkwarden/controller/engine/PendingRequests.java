package io.blkwarden.controller.engine;

import io.blkwarden.model.message.OperatorReply.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators' requests that wait for agents; each is answered once all its agents have answered. */
final class PendingRequests {
  /** Most failures in an answer. */
  private static final int FAILURES_SHOWN = 5;

  private final EngineState engine;
  private final List<PendingRequest> open = new ArrayList<>();

  PendingRequests(EngineState engine) {
    this.engine = engine;
  }

  /** A request that waits for one or more agents; mutable. */
  static final class PendingRequest {
    private final Input.RequestReceived request;
    private final String what;
    private final long sinceMillis;

    /** Number of agents that have not answered. */
    int open;

    private int done;
    final List<String> failures = new ArrayList<>();

    private PendingRequest(
        Input.RequestReceived request, String what, long sinceMillis, int agents) {
      this.request = request;
      this.what = what;
      this.sinceMillis = sinceMillis;
      this.open = agents;
    }
  }

  /** Whether {@link EngineSettings#PENDING_REQUESTS_MAX} are waiting. */
  boolean full() {
    return open.size() >= EngineSettings.PENDING_REQUESTS_MAX;
  }

  /**
   * Adds a request.
   *
   * @param what start of the answer
   * @param agents number of agents that it waits for
   */
  PendingRequest add(Input.RequestReceived request, String what, int agents) {
    PendingRequest waiting = new PendingRequest(request, what, engine.millis(), agents);
    open.add(waiting);
    return waiting;
  }

  /** An agent of the request, if any, succeeded. */
  void done(@Nullable PendingRequest waiting) {
    if (waiting != null) {
      waiting.open--;
      waiting.done++;
      finish(waiting);
    }
  }

  /** An agent of the request, if any, failed. */
  void failed(@Nullable PendingRequest waiting, String why) {
    if (waiting != null) {
      waiting.open--;
      waiting.failures.add(why);
      finish(waiting);
    }
  }

  /** Answers the request if no agent is left. */
  void finish(PendingRequest waiting) {
    if (waiting.open > 0 || !open.remove(waiting)) {
      return;
    }
    List<String> failures = waiting.failures;
    if (failures.isEmpty()) {
      String hosts = waiting.done > 1 ? " on %d hosts".formatted(waiting.done) : "";
      engine.answer(waiting.request, Verdict.DONE, waiting.what + hosts);
      return;
    }
    boolean refused = failures.stream().allMatch(why -> why.contains(": refused ("));
    engine.answer(
        waiting.request,
        refused ? Verdict.REFUSED : Verdict.FAILED,
        "%s: failed on %d of %d hosts: %s"
            .formatted(
                waiting.what,
                failures.size(),
                failures.size() + waiting.done,
                String.join("; ", failures.stream().limit(FAILURES_SHOWN).toList())));
  }

  /** Answers overdue requests, or all of them when leadership is lost. */
  void giveUp(boolean all) {
    long limit = EngineSettings.ANSWER_MILLIS;
    for (PendingRequest waiting : List.copyOf(open)) {
      if (all || engine.millis() - waiting.sinceMillis > limit) {
        open.remove(waiting);
        engine.answer(
            waiting.request,
            Verdict.FAILED,
            all
                ? "this controller lost leadership before an answer came"
                : "%d agents gave no answer in %d ms; their state is unknown"
                    .formatted(waiting.open, limit));
      }
    }
  }
}
