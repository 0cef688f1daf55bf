package io.blkwarden.controller.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.blkwarden.controller.policy.Labels;
import io.blkwarden.controller.policy.Policy;
import io.blkwarden.controller.policy.read.PolicyLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyWatchTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @TempDir Path folder;

  private final BlockingQueue<PolicyLoad> loads = new LinkedBlockingQueue<>();

  static String policy(String name) {
    return """
    policies:
      - name: %s
        match: { role: swap }
        when: { metric: iops, above: 200, for: 10s, clear_below: 100, clear_for: 60s }
        then: { ladder: [ idle ], lease: 5m, alert: warning }
    """
        .formatted(name);
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static List<String> names(PolicyLoad load) {
    return load.policies().policies().stream().map(Policy::name).toList();
  }

  @Test
  void readsLabelsAndKeepsThePreviousOnes() throws Exception {
    write("a.yaml", policy("first"));
    write("labels", "labels: { vm1: { plan: small } }");
    PolicyWatch watch = new PolicyWatch(folder, folder.resolve("labels"), loads::add);
    watch.refresh();
    Labels labels = loads.remove().policies().labels();
    assertThat(labels.size()).isEqualTo(1);

    write("labels", "labels: { vm1: { plna: small } }");
    watch.refresh();
    PolicyLoad bad = loads.remove();
    assertThat(bad.policies().labels()).isEqualTo(labels);
    assertThat(bad.problems()).singleElement().asString().contains("labels.vm1.plna: unknown key");

    write("labels", "labels: {}");
    watch.refresh();
    assertThat(loads.remove().policies().labels().size()).isZero();
  }

  @Test
  void validFilesLoadDespiteAnInvalidOne() throws Exception {
    write("a.yaml", policy("first"));
    write("b.yml", "policies: [ { nonsense: 1 } ]");
    write("c.txt", policy("not-read"));
    write(".d.yaml", policy("hidden"));
    PolicyWatch watch = new PolicyWatch(folder, null, loads::add);
    watch.refresh();

    PolicyLoad load = loads.remove();
    assertThat(names(load)).containsExactly("first");
    assertThat(load.problems())
        .isNotEmpty()
        .allSatisfy(p -> assertThat(p.file()).isEqualTo("b.yml"));
    assertThat(watch.failures()).isPositive();

    watch.refresh();
    assertThat(loads).isEmpty(); // nothing changed
  }

  @Test
  void keepsThePreviousVersionOfAnInvalidFile() throws Exception {
    write("a.yaml", policy("first"));
    PolicyWatch watch = new PolicyWatch(folder, null, loads::add);
    watch.refresh();
    write("a.yaml", "policies: {");
    watch.refresh();

    assertThat(loads).hasSize(2);
    assertThat(names(watch.load())).containsExactly("first");
    assertThat(watch.load().keptFromBefore()).containsExactly("a.yaml");
  }

  @Test
  void missingFolderChangesNothing() throws Exception {
    write("a.yaml", policy("first"));
    PolicyWatch watch = new PolicyWatch(folder, null, loads::add);
    watch.refresh();
    Files.delete(folder.resolve("a.yaml"));
    Files.delete(folder);
    watch.refresh();

    assertThat(loads).hasSize(1);
    assertThat(names(watch.load())).containsExactly("first");
    assertThat(watch.folderProblem()).contains(folder.toString());
    Files.createDirectory(folder);
  }

  @Test
  void detectsChanges() throws Exception {
    write("a.yaml", policy("first"));
    Thread thread = new Thread(new PolicyWatch(folder, null, loads::add), "watch under test");
    thread.start();
    try {
      assertThat(names(next())).containsExactly("first");
      write("b.yaml", policy("second"));
      assertThat(names(next())).containsExactly("first", "second");
    } finally {
      thread.interrupt();
      thread.join(BOUND.toMillis());
    }
    assertThat(thread.isAlive()).isFalse();
  }

  private PolicyLoad next() throws InterruptedException {
    PolicyLoad load = loads.poll(BOUND.toSeconds(), TimeUnit.SECONDS);
    if (load == null) {
      throw new AssertionError("policies were not loaded");
    }
    return load;
  }
}
