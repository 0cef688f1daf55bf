package io.blkwarden.agent.xenstore;

import io.blkwarden.agent.kernel.ReadResult;
import io.blkwarden.model.BackendKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * All devices of a backend type, read in three rounds of pipelined requests.
 *
 * @param nodes the devices, in the server's order of domains and handles
 * @param ignored paths whose last name is not a number, which libxl never writes
 */
public record BackendTree(List<BackendNode> nodes, List<String> ignored) {
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

  public BackendTree {
    nodes = List.copyOf(nodes);
    ignored = List.copyOf(ignored);
  }

  /**
   * Reads these keys of all devices of a type.
   *
   * <p>Absent if there was never a device of the type. A domain that disappears meanwhile is left
   * out; any other failure to list a directory fails the whole read, because an unlisted device
   * must not look like one that is gone. A failure to read a value affects only that value.
   *
   * @param type {@code vbd}, {@code vbd3}, {@code qdisk} or {@code tap}
   * @param keys relative paths below a device, such as {@code state}
   */
  public static ReadResult<BackendTree> read(XenStore store, String type, List<String> keys) {
    String top = ROOT + "/" + type;
    return store
        .directory(top)
        .flatMap(names -> {
          List<String> ignored = new ArrayList<>();
          List<String> domains = numbered(top, names, ignored);
          List<String> devices = new ArrayList<>();
          List<ReadResult<List<String>>> listings = store.directories(domains);
          for (int n = 0; n < domains.size(); n++) {
            switch (listings.get(n)) {
              case ReadResult.Present<List<String>> present ->
                  devices.addAll(numbered(domains.get(n), present.value(), ignored));
              case ReadResult.Absent<List<String>> _ -> {}
              case ReadResult.Malformed<List<String>> bad -> {
                return ReadResult.malformed(bad.source(), bad.expected(), bad.found());
              }
              case ReadResult.Failed<List<String>> failed -> {
                return ReadResult.failed(failed.cause());
              }
            }
          }
          if (devices.size() > MAX_NODES) {
            return ReadResult.failed(
                "%s: expected at most %3$d devices, found %2$d"
                    .formatted(top, devices.size(), MAX_NODES));
          }
          return ReadResult.present(new BackendTree(values(store, type, devices, keys), ignored));
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

  private static List<String> numbered(String parent, List<String> names, List<String> ignored) {
    List<String> paths = new ArrayList<>(names.size());
    for (String name : names) {
      (number(name).isPresent() ? paths : ignored).add(parent + "/" + name);
    }
    return paths;
  }

  private static OptionalInt number(String name) {
    try {
      int number = Integer.parseInt(name);
      // not +1 or 01, which would not give the same path again
      return number >= 0 && name.equals(Integer.toString(number))
          ? OptionalInt.of(number)
          : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }
}
