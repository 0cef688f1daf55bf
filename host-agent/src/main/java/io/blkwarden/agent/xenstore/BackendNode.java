package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import java.util.Map;

/**
 * The backend node of a virtual device in xenstore: {@code
 * /local/domain/0/backend/TYPE/DOMID/HANDLE}.
 *
 * @param type {@code vbd}, {@code vbd3}, {@code qdisk} or {@code tap}
 * @param domid the guest
 * @param handle the virtual device's number, such as 51714 for xvda2
 * @param values values below the node by relative path ({@code state}, {@code
 *     queue-0/kthread-pid}); contains each requested key
 */
public record BackendNode(
    String type, int domid, int handle, Map<String, ReadResult<String>> values) {
  public BackendNode {
    values = Map.copyOf(values);
  }

  /** The value of a key; absent if it was not requested. */
  public ReadResult<String> value(String key) {
    return values.getOrDefault(key, ReadResult.absent(path() + "/" + key));
  }

  /** The node's absolute path. */
  public String path() {
    return BackendTree.ROOT + "/" + type + "/" + domid + "/" + handle;
  }
}
