package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.Tracing;
import io.blkwarden.agent.files.RootedFiles;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.lease.IoPriorities;
import io.blkwarden.agent.restraint.LinuxIoPriorities;
import io.blkwarden.agent.xenstore.SocketXenStore;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenEvent;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import io.blkwarden.model.IoPriority;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The data sources of a host: this host, or a captured tree with the output of {@code xenstore-ls
 * -f} in {@code xenstore.txt}.
 *
 * @param files the kernel's files
 * @param store xenstore
 * @param priorities I/O priorities of tasks; not available in a captured tree
 * @param tracing shows which thread submits I/O; not available in a captured tree
 * @param closing run in this order when the sources are closed
 */
record HostSources(
    KernelFiles files,
    XenStore store,
    IoPriorities priorities,
    Tracing tracing,
    Deque<Runnable> closing)
    implements AutoCloseable {
  /** What to do if a source of this host cannot be read. */
  static final String DOCTOR = "see 'blkwarden-agent doctor'";

  private static final String TREE =
      "set --root to a captured tree with the output of 'xenstore-ls -f' in xenstore.txt";

  private static final int MAX_DUMP_BYTES = 64 << 20;

  /** Priorities of a captured tree: its pids are not pids of this host. */
  static final IoPriorities NO_PRIORITIES =
      new IoPriorities() {
        private static final String REASON = "the tasks of a captured tree do not run here";

        @Override
        public ReadResult<IoPriority> get(int pid) {
          return ReadResult.absent("priority of " + pid);
        }

        @Override
        public Optional<String> set(int pid, IoPriority priority) {
          return Optional.of(REASON);
        }

        @Override
        public Optional<String> restore(int pid, IoPriority recorded) {
          return Optional.of(REASON);
        }
      };

  /** Opens the sources of this host or of a captured tree. */
  static ReadResult<HostSources> open(boolean live, RootedFiles files) {
    return live ? live(files, _ -> {}, new SecureRandom()) : captured(files);
  }

  /** The same for a command, which ends with an error if they cannot be opened. */
  static HostSources open(boolean live, RootedFiles files, CommandOutput output) {
    return output.require(open(live, files), live ? DOCTOR : TREE);
  }

  /** The sources of this host for a command. */
  static HostSources ofThisHost(CommandOutput output) {
    return open(true, output.require(RootedFiles.below(Path.of("/")), DOCTOR), output);
  }

  /** The sources of a captured tree. */
  static ReadResult<HostSources> captured(KernelFiles files) {
    return dump(files)
        .map(store ->
            new HostSources(
                files,
                store,
                NO_PRIORITIES,
                Tracing.none("a captured tree has no I/O to trace"),
                new ArrayDeque<>()));
  }

  /** The xenstore of a captured tree. */
  static ReadResult<TextXenStore> dump(KernelFiles files) {
    return files
        .read("xenstore.txt", new FileBytes(MAX_DUMP_BYTES))
        .flatMap(bytes -> TextXenStore.parse(bytes.text()));
  }

  /** The sources of this host; a trace instance is created when devices are first watched. */
  static ReadResult<HostSources> live(
      RootedFiles files, Consumer<XenEvent> events, RandomGenerator random) {
    Deque<Runnable> closing = new ArrayDeque<>();
    return LinuxIoPriorities.open()
        .map(priorities -> {
          SocketXenStore store =
              SocketXenStore.open(XenStoreSettings.of(Path.of("/")), events, random);
          closing.push(store::close);
          Tracing tracing = BioTracing.lazy(() -> BioTracing.open(files, closing));
          return new HostSources(files, store, priorities, tracing, closing);
        });
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
