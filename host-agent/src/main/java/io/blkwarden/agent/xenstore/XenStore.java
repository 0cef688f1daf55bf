package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Xenstore, the tree shared by the toolstack, backends and guests of a Xen host.
 *
 * <p>Paths are absolute ({@code /local/domain/0/backend/vbd/1/51713/state}), at most {@link
 * #MAX_PATH_BYTES} long. Methods do not throw: a missing node is {@link ReadResult.Absent}, and
 * other errors are {@link ReadResult.Failed}. Format: {@code xen/include/public/io/xs_wire.h},
 * {@code docs/misc/xenstore.txt}.
 */
public interface XenStore {
  /** Longest absolute path, in bytes (XENSTORE_ABS_PATH_MAX). */
  int MAX_PATH_BYTES = 3072;

  /** Maximum total length of names that {@link #directory} returns, in bytes. */
  int MAX_DIRECTORY_BYTES = 1024 * 1024;

  /** The node's value; malformed if it is not UTF-8. */
  ReadResult<String> read(String path);

  /** Names of the children of a node, in the server's order. */
  ReadResult<List<String>> directory(String path);

  /** As {@link #read} for each path, in order; a live store pipelines the requests. */
  default List<ReadResult<String>> readAll(List<String> paths) {
    return paths.stream().map(this::read).toList();
  }

  /** As {@link #directory} for each path, in order; a live store pipelines the requests. */
  default List<ReadResult<List<String>>> directories(List<String> paths) {
    return paths.stream().map(this::directory).toList();
  }

  /**
   * Watches a node and its children: changes cause {@link XenEvent.Changed}, also after reconnects.
   * A captured tree never changes.
   *
   * @param path absolute, or {@code @introduceDomain} or {@code @releaseDomain}
   * @param token returned with each event
   * @return why the watch does not work now, if so
   */
  default Optional<String> watch(String path, String token) {
    return Optional.empty();
  }

  /**
   * A number that stays the same while nothing watched changes. The server sends watch events
   * before later answers: if the number is the same before and after a read and one more request,
   * nothing changed during the read.
   *
   * @param watched paths of watches
   * @return empty if one of them is not registered, or if not supported
   */
  default OptionalLong changes(Collection<String> watched) {
    return OptionalLong.empty();
  }
}
