package io.blkwarden.controller.config;

import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.read.LabelsReader;
import io.blkwarden.controller.policy.read.PolicyLoad;
import io.blkwarden.controller.policy.read.PolicyReader;
import io.blkwarden.controller.policy.read.PolicyWarnings;
import io.blkwarden.controller.policy.yaml.PolicyFile;
import io.blkwarden.controller.policy.yaml.PolicyProblem;
import io.blkwarden.model.Printable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the policies of a folder when a file changes; runs on its own thread.
 *
 * <p>It watches the folder, and scans it every {@link #SCAN_SECONDS} for changes without an event
 * (network file systems). An invalid file keeps its previous version; if the folder cannot be read,
 * all policies stay unchanged.
 */
public final class PolicyWatch implements Runnable {
  /** Time between two scans, in s. */
  public static final int SCAN_SECONDS = 15;

  private static final Logger log = LoggerFactory.getLogger(PolicyWatch.class);
  private static final long QUIET_MILLIS = 100;
  private static final int MAX_QUIET_WAITS = 20;

  private final Path folder;
  private final @Nullable Path labelsFile;
  private final Consumer<PolicyLoad> loaded;
  private final LongAdder failures = new LongAdder();
  private volatile PolicyLoad load = PolicyLoad.NONE;
  private volatile String folderProblem = "";
  private List<PolicyFile> last = List.of();
  private Labels labels = Labels.NONE;
  private boolean first = true;

  /**
   * Creates a watch.
   *
   * @param labelsFile labels of domains; absent for none
   * @param loaded receives each new load; must not block
   */
  public PolicyWatch(Path folder, @Nullable Path labelsFile, Consumer<PolicyLoad> loaded) {
    this.folder = folder;
    this.labelsFile = labelsFile;
    this.loaded = loaded;
  }

  public Path folder() {
    return folder;
  }

  /** The active policies. */
  public PolicyLoad load() {
    return load;
  }

  /** Why the folder cannot be read; empty if it can. */
  public String folderProblem() {
    return folderProblem;
  }

  /** Number of problems found in files and the folder. */
  public long failures() {
    return failures.sum();
  }

  /** Reads the folder once; publishes a load only if files have changed. */
  public synchronized void refresh() {
    List<PolicyFile> files;
    Optional<PolicyFile> labelling;
    try {
      files = PolicyFolder.read(folder);
      labelling = readLabels();
      folderProblem = "";
    } catch (IOException e) {
      String problem = "policies: cannot read %s (%s)".formatted(folder, e);
      if (!problem.equals(folderProblem)) {
        failures.increment();
        folderProblem = problem;
        log.error("{}; keeping the current policies", Printable.of(problem));
      }
      return;
    }
    List<PolicyFile> all = new ArrayList<>(files);
    labelling.ifPresent(all::add);
    if (!first && all.equals(last)) {
      return;
    }
    first = false;
    last = all;
    PolicyLoad now = labelled(PolicyReader.read(files, load), labelling);
    load = now;
    now.problems().forEach(problem -> log.error("policy: {}", Printable.of(problem.toString())));
    now.keptFromBefore()
        .forEach(file ->
            log.warn("policy: {} is invalid, keeping the last good version", Printable.of(file)));
    PolicyWarnings.of(now).forEach(each -> log.warn("policy: {}", Printable.of(each.toString())));
    failures.add(now.problems().size());
    log.info(
        "policies: {} of {} files valid, {} policies",
        now.good().size(),
        files.size(),
        now.policies().policies().size());
    loaded.accept(now);
  }

  private Optional<PolicyFile> readLabels() throws IOException {
    return labelsFile == null
        ? Optional.empty()
        : Optional.of(PolicyFolder.readFile(labelsFile, labelsFile.toString()));
  }

  private PolicyLoad labelled(PolicyLoad read, Optional<PolicyFile> labelling) {
    if (labelling.isEmpty()) {
      return read;
    }
    LabelsReader.Load now = LabelsReader.read(labelling.get(), labels);
    labels = now.labels();
    List<PolicyProblem> problems = new ArrayList<>(read.problems());
    problems.addAll(now.problems());
    return new PolicyLoad(
        read.policies().with(labels), problems, read.keptFromBefore(), read.good());
  }

  private void refreshGuarded() {
    try {
      refresh();
    } catch (RuntimeException e) {
      log.error("policies: not read, keeping the current ones: {}", e.toString(), e);
    }
  }

  @Override
  public void run() {
    try (WatchService watcher = folder.getFileSystem().newWatchService()) {
      folder.register(
          watcher,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_MODIFY,
          StandardWatchEventKinds.ENTRY_DELETE);
      while (true) {
        refreshGuarded();
        drain(watcher, watcher.poll(SCAN_SECONDS, TimeUnit.SECONDS));
      }
    } catch (IOException e) {
      log.warn(
          "policies: cannot watch {} ({}), scanning every {} s",
          folder,
          e.toString(),
          SCAN_SECONDS);
      scanOnly();
    } catch (InterruptedException | ClosedWatchServiceException e) {
      log.debug("policies: watch stopped");
    }
  }

  private void scanOnly() {
    try {
      while (true) {
        refreshGuarded();
        TimeUnit.SECONDS.sleep(SCAN_SECONDS);
      }
    } catch (InterruptedException e) {
      log.debug("policies: scan stopped");
    }
  }

  /** Drains events until there are none: editors write a file in several steps. */
  private static void drain(WatchService watcher, @Nullable WatchKey first)
      throws InterruptedException {
    WatchKey key = first;
    for (int i = 0; key != null && i < MAX_QUIET_WAITS; i++) {
      key.pollEvents();
      key.reset();
      key = watcher.poll(QUIET_MILLIS, TimeUnit.MILLISECONDS);
    }
  }
}
