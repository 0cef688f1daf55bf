package io.blkwarden.agent.cli;

import io.blkwarden.agent.app.AgentInbox;
import io.blkwarden.agent.kernel.FileBytes;
import io.blkwarden.agent.kernel.KernelFiles;
import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.agent.xenstore.SocketXenStore;
import io.blkwarden.agent.xenstore.TextXenStore;
import io.blkwarden.agent.xenstore.XenStore;
import io.blkwarden.agent.xenstore.XenStoreSettings;
import java.nio.file.Path;
import java.util.Deque;
import java.util.random.RandomGenerator;

/** Xenstore of this host, or that of a captured tree: {@code xenstore.txt} in its root. */
final class HostSources {
  private static final String DUMP = "xenstore.txt";
  private static final int DUMP_LIMIT_BYTES = 64 << 20;

  private HostSources() {}

  static ReadResult<XenStore> xenStore(
      Path root,
      boolean live,
      KernelFiles files,
      AgentInbox inbox,
      RandomGenerator random,
      Deque<Runnable> closing) {
    if (!live) {
      ReadResult<FileBytes> dump = files.read(DUMP, new FileBytes(DUMP_LIMIT_BYTES));
      return dump.flatMap(bytes -> TextXenStore.parse(bytes.text())).map(store -> store);
    }
    SocketXenStore store = SocketXenStore.open(XenStoreSettings.of(root), inbox::xen, random);
    closing.push(store::close);
    return ReadResult.present(store);
  }
}
