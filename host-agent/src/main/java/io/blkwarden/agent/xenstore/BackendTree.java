package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The backend nodes of dom0, read in three rounds of pipelined requests. */
public final class BackendTree {
  /** Directory of dom0's backends. */
  public static final String ROOT = "/local/domain/0/backend";

  /** Backend types of disks: names of directories below {@link #ROOT}. */
  private static final List<String> TYPES =
      Stream.of(BackendKind.values()).map(BackendKind::wire).toList();

  /**
   * Paths to watch for changes of domains and disks. The directory of a type need not exist yet.
   */
  public static final List<String> WATCHES =
      Stream.concat(
              Stream.of("@introduceDomain", "@releaseDomain"),
              TYPES.stream().map(type -> ROOT + "/" + type))
          .toList();

  /** Maximum number of devices of a type; more is a failure. */
  public static final int MAX_NODES = 65_536;

  private BackendTree() {}

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
      return ROOT + "/" + type + "/" + domid + "/" + handle;
    }
  }

  /**
   * Reads these keys of all devices of a type, in the order of the server.
   *
   * <p>Absent if there was never a device of the type. A domain that disappears meanwhile is left
   * out; any other failure to list a directory fails the whole read, because an unlisted device
   * must not look like one that is gone. A failure to read a value affects only that value.
   *
   * @param type {@code vbd}, {@code vbd3}, {@code qdisk} or {@code tap}
   * @param keys relative paths below a device, such as {@code state}
   */
  public static ReadResult<List<BackendNode>> read(XenStore store, String type, List<String> keys) {
    String top = ROOT + "/" + type;
    return store
        .directory(top)
        .flatMap(names -> {
          List<String> domains = numbered(top, names);
          List<String> devices = new ArrayList<>();
          List<ReadResult<List<String>>> listings = store.directories(domains);
          for (int n = 0; n < domains.size(); n++) {
            ReadResult<List<String>> listing = listings.get(n);
            if (listing instanceof ReadResult.Present<List<String>>(List<String> found)) {
              devices.addAll(numbered(domains.get(n), found));
            } else if (!(listing instanceof ReadResult.Absent)) {
              return listing.withoutValue();
            }
          }
          if (devices.size() > MAX_NODES) {
            return ReadResult.failed(
                "%s: expected at most %3$d devices, found %2$d"
                    .formatted(top, devices.size(), MAX_NODES));
          }
          return ReadResult.present(values(store, type, devices, keys));
        });
  }

  private static List<BackendNode> values(
      XenStore store, String type, List<String> devices, List<String> keys) {
    List<String> paths = new ArrayList<>(devices.size() * keys.size());
    devices.forEach(device -> keys.forEach(key -> paths.add(device + "/" + key)));
    List<ReadResult<String>> readings = store.readAll(paths);
    List<BackendNode> nodes = new ArrayList<>(devices.size());
    for (int n = 0; n < devices.size(); n++) {
      Map<String, ReadResult<String>> values = new HashMap<>();
      for (int k = 0; k < keys.size(); k++) {
        values.put(keys.get(k), readings.get(n * keys.size() + k));
      }
      String[] parts = devices.get(n).split("/", -1);
      nodes.add(
          new BackendNode(
              type,
              Integer.parseInt(parts[parts.length - 2]),
              Integer.parseInt(parts[parts.length - 1]),
              values));
    }
    return nodes;
  }

  /** Paths of the children that are numbers; libxl never writes others. */
  private static List<String> numbered(String parent, List<String> names) {
    return names.stream()
        .filter(name -> name.matches("0|[1-9]\\d{0,9}"))
        .filter(name -> Long.parseLong(name) <= Integer.MAX_VALUE)
        .map(name -> parent + "/" + name)
        .toList();
  }
}
