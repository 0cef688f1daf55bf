package io.blkwarden.controller.attribution.model;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A model of one rotating disk that serves guests one request at a time.
 *
 * <p>It serves the nearest of the eight oldest requests. A request takes a seek time that grows
 * with its distance, and its bytes at 150 MB/s. A guest has at most 32 requests in flight; further
 * ones are dropped, because a waiting guest sends fewer. No cache, no scheduler with priorities.
 */
final class DiskModel {
  private static final int QUEUE_MAX = 32;
  private static final int SORTED = 8;
  private static final double SEEK_MIN_MILLIS = 1;
  private static final double SEEK_SPAN_MILLIS = 7;
  private static final double BYTES_PER_MILLI = 150_000;

  private record Request(int guest, double position, double since, int bytes) {}

  private final RandomGenerator random;
  private final double[] nextArrival;
  private final int[] inFlight;
  private final double[] end;
  private final double[] busyMillis;
  private final long[] ios;
  private final long[] bytes;
  private final List<Request> queue = new ArrayList<>();
  private double now;
  private double head;

  DiskModel(int guests, RandomGenerator random) {
    this.random = random;
    nextArrival = new double[guests];
    inFlight = new int[guests];
    end = new double[guests];
    busyMillis = new double[guests];
    ios = new long[guests];
    bytes = new long[guests];
    for (int guest = 0; guest < guests; guest++) {
      end[guest] = random.nextDouble();
    }
  }

  /** Serves the guests' loads until a time; {@code slow} multiplies all service times. */
  void run(double untilMillis, Load[] loads, double slow) {
    for (int guest = 0; guest < loads.length; guest++) {
      nextArrival[guest] = now + gap(loads[guest]);
    }
    while (now < untilMillis) {
      arrive(loads);
      if (queue.isEmpty()) {
        now = Math.min(untilMillis, next());
      } else {
        serve(slow);
      }
    }
  }

  double takeBusyMillis(int guest) {
    double taken = busyMillis[guest];
    busyMillis[guest] = 0;
    return taken;
  }

  long takeIos(int guest) {
    long taken = ios[guest];
    ios[guest] = 0;
    return taken;
  }

  long takeBytes(int guest) {
    long taken = bytes[guest];
    bytes[guest] = 0;
    return taken;
  }

  private void arrive(Load[] loads) {
    for (int guest = 0; guest < loads.length; guest++) {
      while (inFlight[guest] < loads[guest].depth()) {
        ask(guest, loads[guest], now);
      }
      while (nextArrival[guest] <= now) {
        if (inFlight[guest] < QUEUE_MAX) {
          ask(guest, loads[guest], nextArrival[guest]);
        }
        nextArrival[guest] += gap(loads[guest]);
      }
    }
  }

  private void ask(int guest, Load load, double since) {
    double position = load.sequential() ? end[guest] : random.nextDouble();
    end[guest] = position;
    inFlight[guest]++;
    queue.add(new Request(guest, position, since, load.bytes()));
  }

  private double gap(Load load) {
    return load.arrivals() > 0
        ? -Math.log(1 - random.nextDouble()) * 1_000 / load.arrivals()
        : Double.POSITIVE_INFINITY;
  }

  private double next() {
    double next = Double.POSITIVE_INFINITY;
    for (double arrival : nextArrival) {
      next = Math.min(next, arrival);
    }
    return next;
  }

  private void serve(double slow) {
    int nearest = 0;
    for (int at = 1; at < Math.min(SORTED, queue.size()); at++) {
      if (distance(at) < distance(nearest)) {
        nearest = at;
      }
    }
    double far = distance(nearest);
    Request request = queue.remove(nearest);
    double seek = far == 0 ? 0 : SEEK_MIN_MILLIS + SEEK_SPAN_MILLIS * far;
    now += slow * (seek + 0.1 + request.bytes() / BYTES_PER_MILLI);
    head = request.position();
    inFlight[request.guest()]--;
    busyMillis[request.guest()] += now - request.since();
    ios[request.guest()]++;
    bytes[request.guest()] += request.bytes();
  }

  private double distance(int at) {
    return Math.abs(queue.get(at).position() - head);
  }
}
