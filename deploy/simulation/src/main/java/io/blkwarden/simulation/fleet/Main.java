package io.blkwarden.simulation.fleet;

import io.blkwarden.simulation.fleet.Oracle.Violation;
import io.blkwarden.simulation.fleet.Simulation.Plan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deploy/fleet-sim}: runs simulated fleets and prints the results. */
@Command(
    name = "deploy/fleet-sim",
    mixinStandardHelpOptions = true,
    description = "Runs simulated fleets in virtual time and prints the results.",
    footer = "Exit code: 0 if all invariants held, 1 if one was violated, 2 on invalid arguments.")
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--seeds", defaultValue = "10", description = "Number of runs (default: 10).")
  private int seeds;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of the first run; each next run adds 1 (default: 1).")
  private long seed;

  @Option(
      names = "--hosts",
      defaultValue = "6",
      description = "Number of dom0s, 1 to 1000 (default: 6).")
  private int hosts;

  @Option(
      names = "--minutes",
      defaultValue = "30",
      description = "Virtual time of each run, 1 to 10080 (default: 30).")
  private int minutes;

  @Option(names = "--trail", description = "Print all events.")
  private boolean trail;

  /** Runs the command line and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() {
    PrintStream out = System.out;
    List<Simulation.RunResult> all = new ArrayList<>();
    for (long next = seed; next < seed + seeds; next++) {
      Simulation simulation =
          new Simulation(plan(next), new Environment.Faults(), trail ? out::println : _ -> {});
      Simulation.RunResult result = simulation.run();
      if (!result.violations().isEmpty()) {
        out.println(result.describeViolations());
      }
      if (!result.wrong().isEmpty()) {
        out.println(result.describeWrong());
      }
      all.add(result);
    }
    print(all, out);
    return all.stream().allMatch(each -> each.violations().isEmpty()) ? 0 : 1;
  }

  private Plan plan(long next) {
    try {
      return new Plan(next, hosts, minutes);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
  }

  private static void print(List<Simulation.RunResult> all, PrintStream out) {
    double days =
        all.stream().mapToDouble(r -> r.plan().hosts() * r.plan().minutes() / 1_440.0).sum();
    int wrong = all.stream().mapToInt(each -> each.wrong().size()).sum();
    List<Long> relief = all.stream().flatMap(r -> r.reliefMillis().stream()).sorted().toList();
    Map<Integer, Long> runsByInvariant =
        all.stream()
            .flatMap(each -> each.violations().stream().map(Violation::invariant).distinct())
            .collect(
                Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
    out.printf(
        Locale.ROOT,
        """
        seeds                        %d
        simulated host-days          %.2f
        events                       %d
        seeds with violations        %d
        invariants violated          %s
        throttles                    %d
        wrong throttles              %d (%.3f a host-day)
        storm to throttle, p50       %s
        storm to throttle, p99       %s
        """,
        all.size(),
        days,
        all.stream().mapToLong(Simulation.RunResult::events).sum(),
        all.stream().filter(each -> !each.violations().isEmpty()).count(),
        runsByInvariant.isEmpty() ? "none" : runsByInvariant,
        all.stream().mapToInt(Simulation.RunResult::throttles).sum(),
        wrong,
        wrong / days,
        quantile(relief, 0.5),
        quantile(relief, 0.99));
  }

  private static String quantile(List<Long> sorted, double part) {
    return sorted.isEmpty()
        ? "unknown"
        : "%.1f s".formatted(sorted.get((int) ((sorted.size() - 1) * part)) / 1_000.0);
  }
}
