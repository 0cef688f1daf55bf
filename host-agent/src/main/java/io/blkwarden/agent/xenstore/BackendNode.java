package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.Map;

/**
 * One device as its backend in dom0 describes it: {@code
 * /local/domain/0/backend/TYPE/DOMID/HANDLE}.
 *
 * @param type {@code vbd}, {@code vbd3}, {@code qdisk} or {@code tap}
 * @param domid the guest
 * @param handle the virtual device's number, such as 51714 for xvda2
 * @param values what was read below the node, by relative path ({@code state}, {@code
 *     queue-0/kthread-pid}); each key that was asked for is there
 */
public record BackendNode(
    String type, int domid, int handle, Map<String, ReadResult<String>> values) {
  public BackendNode {
    values = Map.copyOf(values);
  }

  /** What was read for a key; absent when it was not asked for. */
  public ReadResult<String> value(String key) {
    return values.getOrDefault(key, ReadResult.absent(path() + "/" + key));
  }

  /** The node's absolute path. */
  public String path() {
    return BackendTree.ROOT + "/" + type + "/" + domid + "/" + handle;
  }
}
