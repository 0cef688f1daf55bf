package io.blkwarden.controller.attribution;

import io.blkwarden.controller.attribution.Verdict.NoClearCulprit;
import io.blkwarden.controller.attribution.Verdict.Reason;
import io.blkwarden.controller.attribution.model.Incident;
import io.blkwarden.controller.attribution.model.Kind;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Prints precision and recall of each {@link Accuser} over incidents of the disk model. */
final class EvaluateBlame {
  /** Not the seeds of the tests, which were used to develop the method. */
  private static final int FIRST = 2_001;

  private EvaluateBlame() {}

  /** Argument: the number of seeds of each kind. */
  public static void main(String[] args) {
    int seeds = Integer.parseInt(args[0]);
    int last = FIRST + seeds - 1;
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    out.printf("Model of a disk, not a measurement; seeds %d to %d of each kind.%n%n", FIRST, last);
    out.println("| incident | way | right | wrong | missed | precision | recall |");
    out.println("|---|---|--:|--:|--:|--:|--:|");
    Map<Accuser, Score> totals = new EnumMap<>(Accuser.class);
    for (Kind kind : Kind.values()) {
      for (Accuser accuser : Accuser.values()) {
        Score score = Score.of(accuser, kind, FIRST, seeds);
        totals.merge(accuser, score, Score::plus);
        print(out, name(kind), accuser, score);
      }
    }
    totals.forEach((accuser, score) -> print(out, "all", accuser, score));
    out.printf("%nWhere blame named nobody:%n%n| incident | reasons |%n|---|---|%n");
    for (Kind kind : Kind.values()) {
      out.printf("| %s | %s |%n", name(kind), reasons(kind, last));
    }
  }

  private static String reasons(Kind kind, int last) {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    for (int seed = FIRST; seed <= last; seed++) {
      if (Attribution.evaluate(Incident.generate(kind, seed).window(), Accuser.RULE)
          instanceof NoClearCulprit nobody) {
        counts.merge(nobody.reason(), 1, Integer::sum);
      }
    }
    StringBuilder text = new StringBuilder();
    counts.forEach((reason, count) ->
        text.append(text.isEmpty() ? "" : ", ").append(reason.id()).append(' ').append(count));
    return text.toString();
  }

  private static String name(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void print(PrintStream out, String incident, Accuser accuser, Score score) {
    out.printf(
        "| %s | %s | %d | %d | %d | %s | %s |%n",
        incident,
        accuser.title,
        score.right(),
        score.wrong(),
        score.missed(),
        part(score.precision()),
        part(score.recall()));
  }

  private static String part(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }
}
