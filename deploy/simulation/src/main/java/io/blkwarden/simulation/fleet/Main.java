package io.blkwarden.simulation.fleet;

import io.blkwarden.model.Require;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Runs simulated fleets and prints what they gave; exits with 1 if an invariant was broken. */
public final class Main {
  private static final String USAGE =
      """
      usage: deploy/fleet-sim [--seeds N] [--seed S] [--hosts H] [--minutes M] [--trail]

        --seeds N    how many runs, from 1; default 10
        --seed S     seed of the first; the others count up from it; default 1
        --hosts H    dom0s of each fleet, 1 to 1000; default 6
        --minutes M  virtual time of each run, 1 to 10080; default 30
        --trail      print all that happens

      Exits with 0 when every invariant held, 1 when one did not, 2 on bad arguments.
      """;

  private Main() {}

  /** Reads the arguments, runs, prints and exits. */
  public static void main(String[] args) {
    if (List.of(args).contains("--help")) {
      System.out.print(USAGE);
      return;
    }
    Map<String, Long> options =
        new TreeMap<>(Map.of("--seeds", 10L, "--seed", 1L, "--hosts", 6L, "--minutes", 30L));
    boolean trail = false;
    try {
      for (int i = 0; i < args.length; i++) {
        if (args[i].equals("--trail")) {
          trail = true;
        } else if (options.containsKey(args[i]) && i + 1 < args.length) {
          options.put(args[i], Long.parseLong(args[++i]));
        } else {
          throw new IllegalArgumentException(args[i] + ": not an option, or without its number");
        }
      }
      long seeds = options.getOrDefault("--seeds", 0L);
      Require.within(seeds, 1, 1_000_000, "seeds");
      System.exit(run(options, trail ? System.out::println : line -> {}) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("fleet-sim: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
  }

  private static boolean run(Map<String, Long> options, Consumer<String> reader) {
    long first = options.getOrDefault("--seed", 0L);
    List<Figures> all = new ArrayList<>();
    for (long seed = first; seed < first + options.getOrDefault("--seeds", 0L); seed++) {
      Plan plan =
          new Plan(
              seed,
              Math.toIntExact(options.getOrDefault("--hosts", 0L)),
              Math.toIntExact(options.getOrDefault("--minutes", 0L)));
      Figures figures = new Simulation(plan, Parts.REAL, reader).run();
      if (!figures.broken().isEmpty()) {
        System.out.println(figures.complaint());
      }
      if (!figures.wrong().isEmpty()) {
        System.out.println(figures.mistakes());
      }
      all.add(figures);
    }
    print(all, System.out);
    return all.stream().allMatch(each -> each.broken().isEmpty());
  }

  private static void print(List<Figures> all, PrintStream out) {
    double days =
        all.stream().mapToDouble(f -> f.plan().hosts() * f.plan().minutes() / 1_440.0).sum();
    int wrong = all.stream().mapToInt(figures -> figures.wrong().size()).sum();
    List<Long> relief = all.stream().flatMap(f -> f.reliefMillis().stream()).sorted().toList();
    long broke = all.stream().filter(f -> !f.broken().isEmpty()).count();
    row(out, "seeds", Integer.toString(all.size()));
    row(out, "simulated host-days", "%.2f".formatted(days));
    row(out, "events", Long.toString(all.stream().mapToLong(Figures::events).sum()));
    row(out, "seeds that broke something", Long.toString(broke));
    Map<Integer, Long> byInvariant = new TreeMap<>();
    all.forEach(f ->
        f.broken().stream()
            .map(Broken::invariant)
            .distinct()
            .forEach(each -> byInvariant.merge(each, 1L, Long::sum)));
    row(out, "invariants broken", byInvariant.isEmpty() ? "none" : byInvariant.toString());
    row(out, "throttles", Integer.toString(all.stream().mapToInt(Figures::throttles).sum()));
    row(out, "wrong throttles", "%d (%.3f a host-day)".formatted(wrong, wrong / days));
    row(out, "storm to throttle, p50", quantile(relief, 0.5));
    row(out, "storm to throttle, p99", quantile(relief, 0.99));
  }

  private static void row(PrintStream out, String name, String value) {
    out.printf(Locale.ROOT, "%-28s %s%n", name, value);
  }

  private static String quantile(List<Long> sorted, double part) {
    return sorted.isEmpty()
        ? "unknown"
        : "%.1f s".formatted(sorted.get((int) ((sorted.size() - 1) * part)) / 1_000.0);
  }
}
