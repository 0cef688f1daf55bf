package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Connects to the socket of xenstored below a root. */
final class XenSockets {
  private XenSockets() {}

  /** A connection to the first socket that accepts one; failed with the error of each. */
  static ReadResult<SocketChannel> connect(Path root) {
    List<String> problems = new ArrayList<>();
    for (String socket : XenStoreSettings.SOCKETS) {
      try {
        return ReadResult.present(connectTo(root.resolve(socket)));
      } catch (IOException e) {
        problems.add(root.resolve(socket) + ": " + e.getMessage());
      }
    }
    for (String device : XenStoreSettings.DEVICES) {
      if (Files.exists(root.resolve(device))) {
        problems.add(root.resolve(device) + " exists, but only the socket is supported");
      }
    }
    return ReadResult.failed("no connection to xenstored: " + String.join("; ", problems));
  }

  private static SocketChannel connectTo(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }
}
