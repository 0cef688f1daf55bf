package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.model.Incident;
import io.blkwarden.controller.attribution.model.Kind;
import java.util.Set;

/**
 * True positives, false positives and false negatives, summed over incidents.
 *
 * @param right culprits that were named
 * @param wrong others that were named
 * @param missed culprits that were not
 */
record Score(int right, int wrong, int missed) {
  static final Score NONE = new Score(0, 0, 0);

  static Score of(Accuser accuser, Kind kind, long firstSeed, int seeds) {
    Score sum = NONE;
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      Incident incident = Incident.generate(kind, seed);
      Set<Integer> named = accuser.accuse(incident.window());
      int right = (int) named.stream().filter(incident.culprits()::contains).count();
      sum = sum.plus(new Score(right, named.size() - right, incident.culprits().size() - right));
    }
    return sum;
  }

  Score plus(Score other) {
    return new Score(right + other.right, wrong + other.wrong, missed + other.missed);
  }

  /** Correct names per named disk; {@link Double#NaN} if none was named. */
  double precision() {
    return right + wrong == 0 ? Double.NaN : (double) right / (right + wrong);
  }

  /** Named culprits per culprit; {@link Double#NaN} if there was none. */
  double recall() {
    return right + missed == 0 ? Double.NaN : (double) right / (right + missed);
  }
}
