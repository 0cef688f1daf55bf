package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The tree that the tools, the backends and the guests of a Xen host share.
 *
 * <p>Paths are absolute ({@code /local/domain/0/backend/vbd/1/51713/state}), at most {@link
 * #MAX_PATH_BYTES} long. No method throws for what the tree or the server does: a node that does
 * not exist is {@link ReadResult.Absent}, and everything that keeps one from knowing is {@link
 * ReadResult.Failed}. Format: {@code xen/include/public/io/xs_wire.h}, {@code
 * docs/misc/xenstore.txt}.
 */
public interface XenStore {
  /** Longest absolute path, in bytes (XENSTORE_ABS_PATH_MAX). */
  int MAX_PATH_BYTES = 3072;

  /** Most bytes of names that {@link #directory} puts together; more is a failure. */
  int MAX_DIRECTORY_BYTES = 1024 * 1024;

  /** The node's value; malformed if it is not UTF-8. */
  ReadResult<String> read(String path);

  /** Names of the node's children, in the server's order. */
  ReadResult<List<String>> directory(String path);

  /** As {@link #read} for each path, in order; a live store keeps several requests under way. */
  default List<ReadResult<String>> readAll(List<String> paths) {
    return paths.stream().map(this::read).toList();
  }

  /** As {@link #directory} for each path, in order; a live store keeps several under way. */
  default List<ReadResult<List<String>>> directories(List<String> paths) {
    return paths.stream().map(this::directory).toList();
  }

  /**
   * Asks for a {@link XenEvent.Changed} whenever the node or one below it changes, from now or from
   * the next connection on, for as long as the store lives. A captured tree never changes.
   *
   * @param path absolute, or {@code @introduceDomain} or {@code @releaseDomain}
   * @param token comes back with each event
   * @return why the watch does not work now, if it does not
   */
  Optional<String> watch(String path, String token);

  /**
   * A number that stays the same while nothing that is watched changes. The server tells of a
   * change before it answers what is asked after it: who takes the number, reads, asks once more
   * and finds the number as it was, has read what stood all the time.
   *
   * @param watched paths of watches
   * @return empty when one of them is not watched now, or nobody can tell
   */
  default OptionalLong changes(Collection<String> watched) {
    return OptionalLong.empty();
  }
}
